package dev.rekey.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The boards over the API and their data source, as Grafana's sidecars find them. */
class GrafanaTest {

  private static final String BOARDS = "blue-rekey-api-dashboards";
  private static final String DATA_SOURCE = "blue-rekey-datasource";
  private static final Path MONITORING = Chart.DIRECTORY.resolve("ci/monitoring-values.yaml");
  private static final Path COMPOSED = Path.of("src/main/docker/observability/datasource.yaml");

  @TempDir private Path scratch;

  @Test
  void thereAreNoneByDefault() {
    assertThat(Chart.render(Chart.MINIMAL).all(ConfigMap.class))
        .extracting(map -> map.getMetadata().getName())
        .doesNotContain(BOARDS, DATA_SOURCE);
  }

  @Test
  void theBoardsAreRenderedUnchangedWithTheLabelOfTheSidecar() throws IOException {
    ConfigMap boards = map(Chart.render(MONITORING), BOARDS);

    assertThat(boards.getMetadata().getLabels()).containsEntry("grafana_dashboard", "1");
    assertThat(boards.getMetadata().getAnnotations()).containsEntry("grafana_folder", "Security");
    assertThat(boards.getData()).containsOnlyKeys("rekey-history.json", "rekey-posture.json");
    for (var board : boards.getData().entrySet()) {
      assertThat(board.getValue().strip())
          .isEqualTo(
              Files.readString(Chart.DIRECTORY.resolve("dashboards").resolve(board.getKey()))
                  .strip());
    }
  }

  @Test
  void theDataSourceHasTheFormOfTheOneInTheComposeFile() throws IOException {
    ConfigMap map = map(Chart.render(MONITORING), DATA_SOURCE);
    JsonNode source = source(map.getData().get("rekey-audit.yaml"));
    JsonNode composed = source(Files.readString(COMPOSED));

    assertThat(map.getMetadata().getLabels()).containsEntry("grafana_datasource", "1");
    assertThat(source.propertyNames())
        .containsExactlyInAnyOrderElementsOf(composed.propertyNames());
    for (String field : List.of("name", "uid", "type")) {
      assertThat(source.path(field)).as(field).isEqualTo(composed.path(field));
    }
    assertThat(source.at("/jsonData/oauth2").propertyNames())
        .containsExactlyInAnyOrderElementsOf(composed.at("/jsonData/oauth2").propertyNames());
    assertThat(source.at("/jsonData/oauth2/scopes"))
        .isEqualTo(composed.at("/jsonData/oauth2/scopes"));
    assertThat(source.at("/jsonData/auth_method")).isEqualTo(composed.at("/jsonData/auth_method"));
  }

  @Test
  void theDataSourceLogsInAsAClientAndContainsNoSecret() {
    JsonNode source = dataSource(MONITORING);

    assertThat(source.at("/url").asString()).isEqualTo("http://blue-rekey.credentials.svc:8080");
    assertThat(source.at("/jsonData/allowedHosts"))
        .isEqualTo(json("[\"http://blue-rekey.credentials.svc:8080/\"]"));
    assertThat(source.at("/jsonData/oauth2/token_url").asString())
        .isEqualTo("https://login.example.com/oauth2/token");
    assertThat(source.at("/jsonData/oauth2EndPointParamsName1").asString()).isEqualTo("audience");
    assertThat(source.at("/secureJsonData"))
        .isEqualTo(
            json(
                """
                {"oauth2ClientSecret": "$__file{/etc/secrets/rekey/client-secret}",
                 "oauth2EndPointParamsValue1": "rekey"}
                """));
  }

  @Test
  void theDataSourceCanSendTheViewersToken() {
    JsonNode source = dataSource(Chart.MINIMAL, values("viewerToken", true));

    assertThat(source.path("jsonData"))
        .isEqualTo(
            json(
                """
                {"allowedHosts": ["http://blue-rekey.credentials.svc:8080/"],
                 "auth_method": "oauthPassThru", "oauthPassThru": true}
                """));
    assertThat(source.has("secureJsonData")).isFalse();
  }

  @Test
  void theDataSourceTrustsTheAuthorityOfTheListener() {
    JsonNode source =
        dataSource(
            Chart.DIRECTORY.resolve("ci/listener-tls-values.yaml"),
            values("viewerToken", true, "caCertificateFrom", "$__file{/etc/rekey/ca.pem}"));

    assertThat(source.at("/url").asString()).startsWith("https://");
    assertThat(source.at("/jsonData/tlsAuthWithCACert").asBoolean()).isTrue();
    assertThat(source.at("/jsonData").has("serverName")).isFalse();
    assertThat(source.at("/secureJsonData/tlsCACert").asString())
        .isEqualTo("$__file{/etc/rekey/ca.pem}");
  }

  @Test
  void aDollarIsNoVariableOfGrafana() {
    JsonNode source =
        dataSource(MONITORING, values("clientId", "a$b", "url", "https://x.example/"));

    assertThat(source.at("/jsonData/oauth2/client_id").asString()).isEqualTo("a$$b");
    assertThat(source.at("/url").asString()).isEqualTo("https://x.example");
  }

  private Path values(Object... namesAndValues) {
    var given = new LinkedHashMap<String, Object>(Map.of("enabled", true));
    for (int i = 0; i < namesAndValues.length; i += 2) {
      given.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    Path file = scratch.resolve("values.yaml");
    Chart.write(file, Map.of("grafana", Map.of("dataSource", given)));
    return file;
  }

  private static JsonNode dataSource(Path... values) {
    return source(map(Chart.render(values), DATA_SOURCE).getData().get("rekey-audit.yaml"));
  }

  private static ConfigMap map(Rendered rendered, String name) {
    return rendered.all(ConfigMap.class).stream()
        .filter(map -> nameOf(map).equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static String nameOf(HasMetadata object) {
    return object.getMetadata().getName();
  }

  private static JsonNode source(String yaml) {
    JsonNode file = JsonMapper.shared().valueToTree(Chart.parser().load(yaml));
    return file.path("datasources").valueStream().reduce((_, last) -> last).orElseThrow();
  }

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }
}
