package dev.rekey.grafana;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A data source of Rekey, as a provisioning file of Grafana describes it. */
record DataSource(JsonNode json) {

  private static final Path COMPOSED = Path.of("src/main/docker/observability/datasource.yaml");

  /** The one of the compose file. */
  static DataSource composed() {
    try {
      return of(Files.readString(COMPOSED));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The one of type Infinity among those of a file. */
  static DataSource of(String yaml) {
    JsonNode file =
        JsonMapper.shared()
            .valueToTree(new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml));
    return file.path("datasources")
        .valueStream()
        .filter(each -> each.path("type").asString("").equals(Board.INFINITY))
        .map(DataSource::new)
        .findFirst()
        .orElseThrow();
  }

  String uid() {
    return json.path("uid").asString("");
  }

  String url() {
    return json.path("url").asString("");
  }

  String clientId() {
    return json.at("/jsonData/oauth2/client_id").asString("");
  }

  String clientSecret() {
    return json.at("/secureJsonData/oauth2ClientSecret").asString("");
  }

  List<String> scopes() {
    return json.at("/jsonData/oauth2/scopes").valueStream().map(JsonNode::asString).toList();
  }
}
