package dev.rekey.documents;

import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.json.JsonMapper;

/**
 * Executes Go templates with the functions of Sprig, as External Secrets Operator does. Helm's
 * library has both: a chart with one object passes the text through.
 */
final class GoTemplate {

  private static final String OBJECT =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: executed}
      data:
        text: {{ tpl (.Files.Get "template") .Values.data | toJson }}
      """;

  private final Path chart;

  /**
   * @param chart an empty directory
   */
  GoTemplate(Path chart) {
    this.chart = chart;
    write("Chart.yaml", "{apiVersion: v2, name: template, version: 1.0.0}");
    write("templates/object.yaml", OBJECT);
  }

  /** Throws with Go's message if the template is wrong. A key that the data lacks is empty. */
  String execute(String template, Map<String, Map<String, String>> data) {
    write("template", template);
    write("data.json", JsonMapper.shared().writeValueAsString(Map.of("data", data)));
    String object = new Helm(chart).template().withValuesFile(chart.resolve("data.json")).call();
    Map<String, Map<String, String>> loaded =
        new Yaml(new SafeConstructor(new LoaderOptions())).load(object);
    return loaded.get("data").get("text");
  }

  private void write(String name, String text) {
    try {
      Path file = chart.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
