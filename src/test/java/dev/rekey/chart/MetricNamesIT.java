package dev.rekey.chart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.notification.WebhookIT;
import dev.rekey.run.Scrape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Every metric in the alerts, the dashboard and docs/metrics.md exists. There is a policy that
 * rotates, but nothing is old enough for it.
 */
@TestPropertySource(
    properties = {
      "rekey.policies[0].name=" + MetricNamesIT.POLICY,
      "rekey.policies[0].actions[0].action=rotate",
      "rekey.policies[0].actions[0].time-after-create=P3650D",
      "rekey.policies[0].deliver-to[0]=okta-secret"
    })
class MetricNamesIT extends WebhookIT {

  static final String POLICY = "connectors";

  private static final Pattern NOT_A_NAME =
      Pattern.compile("\"[^\"]*\"|\\{[^}]*}|\\[[^\\]]*]|\\b(by|on)\\s*\\([^)]*\\)");
  private static final Pattern NAME = Pattern.compile("\\b[a-z_]+(?=\\b(?!\\s*\\())");
  private static final Pattern IN_A_TABLE = Pattern.compile("(?m)^\\| `([a-z_]+)");
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Set<String> OPERATORS = Set.of("and", "or", "unless");

  /** Suffixes of histograms and summaries, which docs/metrics.md omits. */
  private static final String PARTS = "_(bucket|count|sum)$";

  private static final Pattern COUNTER_OF_AN_ALERT = Pattern.compile("(?:rate|increase)\\((\\w+)");

  @Test
  void everyMetricOfAnAlertOrTheDashboardExists() {
    as("payments").post(ROTATE, OKTA);

    var missing = new TreeSet<>(named());
    missing.removeAll(Scrape.of(management()).names());

    assertThat(named()).hasSizeGreaterThan(20).contains("http_server_requests_seconds_count");
    assertThat(missing).isEmpty();
  }

  @Test
  void everyMetricOfRekeyIsDocumentedAndNoOther() throws IOException {
    Set<String> own =
        Scrape.of(management()).names().stream()
            .filter(name -> name.startsWith("rekey_"))
            .map(name -> name.replaceFirst(PARTS, ""))
            .collect(Collectors.toCollection(TreeSet::new));

    Set<String> documented =
        IN_A_TABLE
            .matcher(Files.readString(Path.of("docs/metrics.md")))
            .results()
            .map(match -> match.group(1))
            .filter(name -> name.startsWith("rekey_"))
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(documented).hasSizeGreaterThan(20).isEqualTo(own);
  }

  @Test
  void countersOfAlertsExistFromTheStartWithAllLabelValues() {
    Set<String> series = Scrape.of(management()).series();

    assertThat(countersOfAlerts())
        .containsExactlyInAnyOrder(
            "rekey_automation_rotations_total",
            "rekey_http_requests_total",
            "rekey_issuer_key_fetches_total",
            "rekey_upstream_calls_total",
            "rekey_upstream_token_fetches_total",
            // Of each target; there is none here.
            "rekey_webhooks_deliveries_total");
    for (String status : List.of("2xx", "3xx", "4xx", "5xx")) {
      assertThat(series).contains("rekey_http_requests_total{status=\"" + status + "\"}");
    }
    for (String outcome : List.of("succeeded", "failed")) {
      assertThat(series)
          .contains(
              "rekey_automation_rotations_total{outcome=\"%s\",policy=\"%s\"}"
                  .formatted(outcome, POLICY));
    }
    for (String outcome : List.of("success", "failure")) {
      assertThat(series)
          .contains(
              "rekey_issuer_key_fetches_total{issuer=\"default\",outcome=\"" + outcome + "\"}");
    }
    for (String upstream : List.of("conductorone", "keycard")) {
      assertThat(series)
          .contains(
              calls(upstream, "calls", "response"),
              calls(upstream, "calls", "none"),
              calls(upstream, "token_fetches", "success"),
              calls(upstream, "token_fetches", "failure"));
    }
  }

  private static String calls(String upstream, String what, String outcome) {
    return "rekey_upstream_%s_total{outcome=\"%s\",upstream=\"%s\"}"
        .formatted(what, outcome, upstream);
  }

  @Test
  void callersRequestsAreCountedByStatusWithoutProbes() {
    Scrape before = Scrape.of(management());
    as("payments").get("/api/v1/credentials");
    as("payments").get("/api/v1/credentials?nothing=1");
    anonymous().get("/api/v1/credentials");
    management().get("/actuator/health/readiness");
    Scrape after = Scrape.of(management());

    assertThat(after.since(before, "rekey_http_requests_total{status=\"2xx\"}")).isOne();
    assertThat(after.since(before, "rekey_http_requests_total{status=\"4xx\"}")).isEqualTo(2);
    assertThat(after.since(before, "rekey_http_requests_total{status=\"5xx\"}")).isZero();
  }

  @Test
  void callsToAnUpstreamAreCountedWithAndWithoutAResponse() {
    as("payments").get(CHECKOUT);
    Scrape before = Scrape.of(management());
    as("payments").get(CHECKOUT);
    control().fault("keycard", "list", "reset-before");
    as("payments").get(CHECKOUT);
    Scrape after = Scrape.of(management());

    assertThat(after.since(before, calls("keycard", "calls", "response"))).isPositive();
    assertThat(after.since(before, calls("keycard", "calls", "none"))).isPositive();
  }

  @Test
  void helpTextsBeginAlike() {
    assertThat(management().get("/actuator/prometheus").raw().body().lines())
        .filteredOn(line -> line.startsWith("# HELP rekey_"))
        .hasSizeGreaterThan(20)
        .allSatisfy(line -> assertThat(line).matches("# HELP \\w+ [A-Z].*[^.]"));
  }

  @Test
  void repositoriesHaveNoSeries() {
    as("payments").get("/api/v1/credentials");

    assertThat(Scrape.of(management()).names())
        .contains("rekey_build_info", "hikaricp_connections_active")
        .noneMatch(name -> name.startsWith("spring_data_repository"));
  }

  private static Set<String> countersOfAlerts() {
    JsonNode rules = JSON.valueToTree(Chart.yaml(Chart.DIRECTORY.resolve("alerts/rekey.yaml")));
    return rules.findValues("expr").stream()
        .flatMap(
            expression ->
                COUNTER_OF_AN_ALERT
                    .matcher(expression.asString())
                    .results()
                    .map(match -> match.group(1)))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> named() {
    JsonNode dashboard = JSON.readTree(Chart.DIRECTORY.resolve("dashboards/rekey.json"));
    JsonNode rules = JSON.valueToTree(Chart.yaml(Chart.DIRECTORY.resolve("alerts/rekey.yaml")));
    return Stream.concat(dashboard.findValues("expr").stream(), rules.findValues("expr").stream())
        .flatMap(expression -> names(expression.asString()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  // Names of recording rules have a colon; Rekey does not expose them.
  private static Stream<String> names(String expression) {
    String bare = NOT_A_NAME.matcher(expression).replaceAll(" ").replaceAll("\\w+:[\\w:]+", " ");
    return NAME.matcher(bare)
        .results()
        .map(MatchResult::group)
        .filter(name -> !OPERATORS.contains(name));
  }
}
