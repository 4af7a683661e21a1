package dev.rekey.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.rekey.chart.CustomObject.PrometheusRule;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Prometheus accepts the alerts, each one is tested and has a runbook; the dashboard is complete.
 */
class SignalsTest {

  private static final Path ALERTS = Chart.DIRECTORY.resolve("alerts/rekey.yaml");
  private static final Path ALERTS_TEST = Path.of("src/test/resources/chart/alerts_test.yaml");
  private static final Path PAUSE_TEST = ALERTS_TEST.resolveSibling("pause_test.yaml");
  private static final Path ABSENT_TEST = ALERTS_TEST.resolveSibling("absent_test.yaml");
  private static final JsonMapper JSON = JsonMapper.shared();

  @Test
  void prometheusAcceptsTheRules() throws Exception {
    promtool("check", "rules", ALERTS.toString());
  }

  @Test
  void alertsFireOnlyWhenTheyShould() throws Exception {
    promtool("test", "rules", ALERTS_TEST.toString(), PAUSE_TEST.toString());
  }

  @Test
  void everyAlertHasATestThatFiresAndOneThatDoesNot() {
    List<JsonNode> tests =
        Stream.of(ALERTS_TEST, PAUSE_TEST)
            .flatMap(file -> tree(file).path("tests").findValues("alert_rule_test").stream())
            .flatMap(tested -> tested.valueStream())
            .toList();

    assertThat(alerts())
        .hasSizeGreaterThanOrEqualTo(7)
        .extracting(alert -> alert.path("alert").asString())
        .allSatisfy(
            name ->
                assertThat(tests)
                    .filteredOn(test -> test.path("alertname").asString().equals(name))
                    .anyMatch(test -> !test.path("exp_alerts").isEmpty())
                    .anyMatch(test -> test.path("exp_alerts").isEmpty()));
  }

  @Test
  void everyAlertHasASeverityAndARunbookWithSteps() throws IOException {
    List<String> operations = Files.readAllLines(Path.of("docs/operations.md"));

    assertThat(alerts())
        .allSatisfy(
            alert -> {
              String name = alert.path("alert").asString();
              JsonNode annotations = alert.path("annotations");
              assertThat(alert.at("/labels/severity").asString()).isIn("critical", "warning");
              assertThat(annotations.path("summary").asString()).endsWith(".");
              assertThat(annotations.path("description").asString()).endsWith(".");
              assertThat(annotations.path("runbook_url").asString())
                  .isEqualTo("docs/operations.md#" + name.toLowerCase(Locale.ROOT));
              assertThat(steps(operations, name)).as(name).hasSizeGreaterThanOrEqualTo(3);
            });
  }

  private static List<String> steps(List<String> operations, String alert) {
    return operations.stream()
        .dropWhile(line -> !line.equals("### " + alert))
        .skip(1)
        .takeWhile(line -> !line.startsWith("#"))
        .filter(line -> line.matches("\\d\\. .*"))
        .toList();
  }

  @Test
  void thePrometheusRuleHasTheSameRulesWithAbsoluteLinks() {
    String runbook = "https://git.example.com/platform/rekey/blob/main/docs/operations.md";

    assertThat(rulesOfTheRelease().groups().stream().flatMap(group -> group.rules().stream()))
        .hasSize(rules().size())
        .zipSatisfy(
            rules(),
            (rule, file) -> {
              assertThat(rule.alert()).isEqualTo(file.path("alert").asString(null));
              assertThat(rule.expr().replaceAll("(?<=waiting)\\{[^}]*}", ""))
                  .isEqualTo(file.path("expr").asString());
              if (rule.alert() != null) {
                assertThat(rule.annotations().get("runbook_url")).startsWith(runbook + "#rekey");
                assertThat(rule.annotations().get("description"))
                    .isEqualTo(file.at("/annotations/description").asString());
              }
            });
  }

  @Test
  void absenceIsNoticedWhileAnotherReleaseIsScraped(@TempDir Path scratch) throws Exception {
    Path test = scratch.resolve(ABSENT_TEST.getFileName());
    Files.copy(ABSENT_TEST, test);
    JSON.writeValue(scratch.resolve("rules.yaml"), rulesOfTheRelease());

    promtool("test", "rules", test.toString());
  }

  private static PrometheusRule.Spec rulesOfTheRelease() {
    return Scenario.all().stream()
        .filter(scenario -> scenario.name().equals("monitoring"))
        .findFirst()
        .orElseThrow()
        .rendered()
        .one(PrometheusRule.class)
        .getSpec();
  }

  @Test
  void everyPanelSelectsTheChosenRelease() throws IOException {
    JsonNode dashboard = JSON.readTree(Chart.DIRECTORY.resolve("dashboards/rekey.json"));
    List<JsonNode> panels =
        dashboard
            .path("panels")
            .valueStream()
            .filter(panel -> !panel.path("type").asString().equals("row"))
            .toList();

    assertThat(dashboard.path("panels").valueStream().map(panel -> panel.path("id").asInt()))
        .doesNotHaveDuplicates();
    assertThat(panels)
        .hasSizeGreaterThan(15)
        .allSatisfy(
            panel -> {
              assertThat(panel.path("title").asString()).isNotBlank();
              assertThat(panel.at("/datasource/uid").asString()).isEqualTo("${datasource}");
              assertThat(panel.path("targets").valueStream())
                  .isNotEmpty()
                  .allSatisfy(
                      target ->
                          assertThat(target.path("expr").asString())
                              .contains("namespace=\"$namespace\", job=\"$job\""));
            });
  }

  private static List<JsonNode> alerts() {
    return rules().stream().filter(rule -> rule.has("alert")).toList();
  }

  private static List<JsonNode> rules() {
    return tree(ALERTS)
        .path("groups")
        .valueStream()
        .flatMap(group -> group.path("rules").valueStream())
        .toList();
  }

  private static JsonNode tree(Path yaml) {
    return JSON.valueToTree(Chart.yaml(yaml));
  }

  private static void promtool(String... arguments) throws IOException, InterruptedException {
    Path promtool = promtool();
    var command = Stream.concat(Stream.of(promtool.toString()), Arrays.stream(arguments)).toList();
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }

  private static Path promtool() {
    return Pattern.compile(Pattern.quote(File.pathSeparator))
        .splitAsStream(Objects.requireNonNullElse(System.getenv("PATH"), ""))
        .map(directory -> Path.of(directory, "promtool"))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseGet(
            () -> abort("promtool is not installed; Debian has it in its package prometheus"));
  }
}
