package dev.rekey;

import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/** A schema of the API's description, read strictly: what it does not name is not allowed. */
record ApiSchema(JsonNode document, JsonNode schema) {

  /** What is wrong with a value; empty if it is an instance. */
  List<String> violations(JsonNode value) {
    return violations(value, "$");
  }

  private List<String> violations(JsonNode value, String at) {
    if (schema.has("$ref")) {
      var target = document.at(schema.path("$ref").asString().substring(1));
      return with(target).violations(value, at);
    }
    if (schema.has("anyOf")) {
      return stream(schema.path("anyOf"))
          .map(option -> with(option).violations(value, at))
          .reduce((one, other) -> one.isEmpty() || other.isEmpty() ? List.of() : one)
          .orElse(List.of(at + " has no alternative"));
    }
    if (!hasAType(value)) {
      return List.of(at + " is " + value.getNodeType() + ", not " + schema.path("type"));
    }
    return switch (value.getNodeType()) {
      case OBJECT -> object(value, at);
      case ARRAY -> array(value, at);
      case STRING -> text(value.asString(), at);
      default -> List.of();
    };
  }

  private List<String> object(JsonNode value, String at) {
    var wrong = new ArrayList<String>();
    stream(schema.path("required"))
        .map(JsonNode::asString)
        .filter(name -> !value.has(name))
        .forEach(name -> wrong.add(at + "." + name + " is missing"));
    for (var member : value.properties()) {
      JsonNode property =
          schema.path("properties").has(member.getKey())
              ? schema.path("properties").path(member.getKey())
              : schema.path("additionalProperties");
      String path = at + "." + member.getKey();
      wrong.addAll(
          property.isObject()
              ? with(property).violations(member.getValue(), path)
              : List.of(path + " is not described"));
    }
    return wrong;
  }

  private List<String> array(JsonNode value, String at) {
    return stream(value)
        .flatMap(item -> with(schema.path("items")).violations(item, at + "[]").stream())
        .toList();
  }

  private List<String> text(String value, String at) {
    if (schema.has("enum")
        && stream(schema.path("enum")).noneMatch(known -> known.asString().equals(value))) {
      return List.of(at + " is not one of " + schema.path("enum"));
    }
    if (schema.has("pattern") && !value.matches(schema.path("pattern").asString())) {
      return List.of(at + " does not match " + schema.path("pattern"));
    }
    return isOfFormat(value, schema.path("format").asString(""))
        ? List.of()
        : List.of(at + " is no " + schema.path("format").asString());
  }

  private static boolean isOfFormat(String value, String format) {
    try {
      return switch (format) {
        case "date-time" -> OffsetDateTime.parse(value).getYear() > 0;
        case "uuid" -> UUID.fromString(value).toString().equals(value);
        default -> true;
      };
    } catch (DateTimeParseException | IllegalArgumentException e) {
      return false;
    }
  }

  private boolean hasAType(JsonNode value) {
    JsonNode types = schema.path("type");
    return types.isArray() ? stream(types).anyMatch(type -> is(type, value)) : is(types, value);
  }

  private static boolean is(JsonNode type, JsonNode value) {
    return switch (type.asString("")) {
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "string" -> value.isString();
      case "integer" -> value.isIntegralNumber();
      case "boolean" -> value.isBoolean();
      case "null" -> value.isNull();
      default -> false;
    };
  }

  private ApiSchema with(JsonNode other) {
    return new ApiSchema(document, other);
  }

  static java.util.stream.Stream<JsonNode> stream(JsonNode node) {
    return StreamSupport.stream(node.spliterator(), false);
  }
}
