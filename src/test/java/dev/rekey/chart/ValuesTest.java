package dev.rekey.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Keeps values.yaml, its schema and the README consistent. */
class ValuesTest {

  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^`]+)` \\| (.*) \\|$");

  /** Maps with the fields that they have in Kubernetes. */
  private static final Set<String> AS_IN_KUBERNETES =
      Set.of(
          "autoscaling.behavior",
          "dnsConfig",
          "httpRoute.timeouts",
          "lifecycle",
          "livenessProbe",
          "podSecurityContext",
          "readinessProbe",
          "securityContext",
          "startupProbe",
          "updateStrategy");

  private static final JsonNode SCHEMA =
      JsonMapper.shared().readTree(Chart.DIRECTORY.resolve("values.schema.json"));

  @Test
  void theReadmeDescribesEveryValueAndNoOther() throws IOException {
    assertThat(readme().map(row -> row.group(1)))
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(values());
  }

  @Test
  void theReadmeDescribesThePurposeOfEveryValue() throws IOException {
    assertThat(readme())
        .allSatisfy(row -> assertThat(row.group(2)).as(row.group(1)).hasSizeGreaterThan(8));
  }

  @Test
  void theReadmeNamesTheRightDefaults() throws IOException {
    Map<String, Object> values = Chart.yaml(Chart.DIRECTORY.resolve("values.yaml"));

    assertThat(readme())
        .allSatisfy(
            row -> {
              var named = Pattern.compile("; default `([^`]*)`").matcher(row.group(2));
              if (named.find()) {
                assertThat(String.valueOf(at(values, row.group(1))))
                    .as(row.group(1))
                    .isEqualTo(named.group(1));
              }
            });
  }

  @Test
  void theSchemaHasEveryValueAndNoOther() {
    var found = new TreeSet<String>();
    collect("", SCHEMA, found);

    assertThat(found).containsExactlyElementsOf(values());
  }

  // Parent charts put values for all their charts into global.
  @Test
  void theSchemaRejectsUnknownPropertiesOutsideOfGlobal() {
    var global = objects(SCHEMA.path("properties").path("global")).toList();

    assertThat(objects(SCHEMA).filter(node -> !global.contains(node)))
        .hasSizeGreaterThan(30)
        .allSatisfy(
            node ->
                assertThat(node.path("additionalProperties"))
                    .as(node.path("description").asString())
                    .isEqualTo(JsonMapper.shared().readTree("false")));
  }

  // A null removes a default, but templates rely on all of them.
  @Test
  void theSchemaRequiresEveryValue() {
    assertThatEachIsRequired("", SCHEMA, Chart.yaml(Chart.DIRECTORY.resolve("values.yaml")));
  }

  private static void assertThatEachIsRequired(String path, JsonNode schema, Map<?, ?> values) {
    assertThat(schema.path("required").valueStream().map(JsonNode::asString))
        .containsExactlyInAnyOrderElementsOf(
            values.keySet().stream().map(Object::toString).toList());
    values.forEach(
        (key, value) -> {
          JsonNode child = schema.path("properties").path(key.toString());
          String name = path.isEmpty() ? key.toString() : path + "." + key;
          if (value instanceof Map<?, ?> map
              && child.has("properties")
              && !name.equals("global")
              && !hasArbitraryKeys(name)) {
            assertThatEachIsRequired(name, child, map);
          }
        });
  }

  @Test
  void theSchemaDescribesEveryValue() {
    assertThat(SCHEMA.get("properties").properties())
        .allSatisfy(
            property ->
                assertThat(
                        property.getValue().has("description") || property.getValue().has("$ref"))
                    .as(property.getKey())
                    .isTrue());
  }

  /** All objects in the schema that have properties. */
  private static Stream<JsonNode> objects(JsonNode node) {
    var within = node.valueStream().flatMap(ValuesTest::objects);
    return node.path("properties").isObject() && node.path("type").isString()
        ? Stream.concat(Stream.of(node), within)
        : within;
  }

  private static void collect(String path, JsonNode node, Set<String> found) {
    JsonNode properties = node.path("properties");
    if (properties.isMissingNode() || hasArbitraryKeys(path)) {
      found.add(path);
      return;
    }
    properties
        .properties()
        .forEach(
            property -> {
              String reference = property.getValue().path("$ref").asString("");
              if (!reference.endsWith("/refused") && !reference.endsWith("/renamed")) {
                String name = path.isEmpty() ? property.getKey() : path + "." + property.getKey();
                collect(name, property.getValue(), found);
              }
            });
  }

  private static Set<String> values() {
    var paths = new TreeSet<String>();
    collect("", Chart.yaml(Chart.DIRECTORY.resolve("values.yaml")), paths);
    return paths;
  }

  private static void collect(String path, Map<?, ?> values, Set<String> paths) {
    values.forEach(
        (key, value) -> {
          String name = path.isEmpty() ? key.toString() : path + "." + key;
          if (value instanceof Map<?, ?> map && !map.isEmpty() && !hasArbitraryKeys(name)) {
            collect(name, map, paths);
          } else {
            paths.add(name);
          }
        });
  }

  // A map that the README describes as a whole.
  private static boolean hasArbitraryKeys(String name) {
    return name.endsWith("abels")
        || name.startsWith("resources.")
        || AS_IN_KUBERNETES.contains(name);
  }

  private static Object at(Map<?, ?> values, String path) {
    Object value = values;
    for (String key : path.split("\\.", -1)) {
      value = ((Map<?, ?>) value).get(key);
    }
    return value;
  }

  private static Stream<MatchResult> readme() throws IOException {
    String readme = Files.readString(Chart.DIRECTORY.resolve("README.md"));
    return ROW.matcher(readme.substring(readme.indexOf("## Values"))).results();
  }
}
