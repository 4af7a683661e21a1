package dev.rekey.chart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.notification.WebhookIT;
import dev.rekey.run.Scrape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every metric in the alerts, the dashboard and docs/metrics.md exists. */
class MetricNamesIT extends WebhookIT {

  private static final Pattern NOT_A_NAME =
      Pattern.compile("\"[^\"]*\"|\\{[^}]*}|\\[[^\\]]*]|\\b(by|on)\\s*\\([^)]*\\)");
  private static final Pattern NAME = Pattern.compile("\\b[a-z_]+(?=\\b(?!\\s*\\())");
  private static final Pattern IN_A_TABLE = Pattern.compile("(?m)^\\| `([a-z_]+)");
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Set<String> OPERATORS = Set.of("and", "or", "unless");

  /** Suffixes of histograms and summaries, which docs/metrics.md omits. */
  private static final String PARTS = "_(bucket|count|sum|max)$";

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
