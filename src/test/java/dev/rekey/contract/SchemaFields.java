package dev.rekey.contract;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** The members of a schema by their paths, such as {@code $.items[].id}. */
final class SchemaFields {

  private static final Set<String> FORMATS = Set.of("uuid", "date-time");

  private final JsonNode document;
  private final Map<String, Field> fields = new TreeMap<>();

  private SchemaFields(JsonNode document) {
    this.document = document;
  }

  static Map<String, Field> of(Contract contract, JsonNode schema) {
    var fields = new SchemaFields(contract.document());
    fields.add("$", schema, true);
    return fields.fields;
  }

  private void add(String path, JsonNode reference, boolean isRequired) {
    JsonNode schema = schema(reference);
    fields.put(
        path,
        new Field(
            type(schema),
            isNullable(reference) || isNullable(schema),
            isRequired,
            texts(schema.path("enum"))));
    if (schema.has("items")) {
      add(path + "[]", schema.path("items"), true);
    }
    if (schema.path("additionalProperties").isObject()) {
      add(path + ".*", schema.path("additionalProperties"), true);
    }
    Set<String> required = texts(schema.path("required"));
    schema
        .path("properties")
        .properties()
        .forEach(
            property ->
                add(
                    path + "." + property.getKey(),
                    property.getValue(),
                    required.contains(property.getKey())));
  }

  /** The schema itself, or the alternative to null. */
  private JsonNode schema(JsonNode reference) {
    JsonNode schema = Contract.resolve(document, reference);
    return schema
        .path("anyOf")
        .valueStream()
        .map(alternative -> Contract.resolve(document, alternative))
        .filter(alternative -> !isNullable(alternative))
        .findFirst()
        .orElse(schema);
  }

  private static boolean isNullable(JsonNode schema) {
    return Stream.concat(
            Stream.of(schema.path("type")),
            Stream.concat(
                schema.path("type").valueStream(),
                schema.path("anyOf").valueStream().map(alternative -> alternative.path("type"))))
        .anyMatch(type -> type.asString("").equals("null"));
  }

  private static String type(JsonNode schema) {
    JsonNode type = schema.path("type");
    String name =
        type.isArray()
            ? type.valueStream()
                .map(JsonNode::asString)
                .filter(each -> !each.equals("null"))
                .collect(Collectors.joining("|"))
            : type.asString("");
    String format = schema.path("format").asString("");
    return FORMATS.contains(format) ? name + " " + format : name;
  }

  private static Set<String> texts(JsonNode array) {
    return array
        .valueStream()
        .map(JsonNode::asString)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
