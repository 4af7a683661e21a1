package dev.rekey.audit.ocsf;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * Checks an event against {@link OcsfSchema}. Strict: no attribute that the schema does not name or
 * has deprecated, and none of a profile that the event does not list.
 */
final class OcsfCheck {

  private static final String OTHER = "99";

  private final OcsfSchema schema;
  private final JsonNode eventClass;

  OcsfCheck(OcsfSchema schema) {
    this.schema = schema;
    this.eventClass = schema.apiActivity();
  }

  /** The violations of the schema by an event; empty if there is none. */
  List<String> violations(JsonNode event) {
    var check = new Run(event.at("/metadata/profiles"));
    check.object("", eventClass, event);
    long type = event.path("class_uid").asLong(0) * 100 + event.path("activity_id").asLong(0);
    if (event.path("type_uid").asLong(0) != type) {
      check.found.add("type_uid: is not class_uid * 100 + activity_id");
    }
    if (!event.at("/metadata/version").asString("").equals(schema.version())) {
      check.found.add("metadata.version: is not " + schema.version());
    }
    return check.found;
  }

  private final class Run {

    private final List<String> found = new ArrayList<>();
    private final List<String> profiles;

    private Run(JsonNode profiles) {
      this.profiles = profiles.valueStream().map(JsonNode::asString).toList();
    }

    private void object(String path, JsonNode shape, JsonNode value) {
      if (!value.isObject()) {
        found.add(path + ": is not an object");
        return;
      }
      JsonNode attributes = shape.path("attributes");
      for (Map.Entry<String, JsonNode> member : value.properties()) {
        String at = path.isEmpty() ? member.getKey() : path + "." + member.getKey();
        JsonNode attribute = attributes.path(member.getKey());
        if (attribute.isMissingNode() || !isOfProfile(attribute)) {
          found.add(at + ": is not an attribute of " + shape.path("name").asString());
        } else if (attribute.has("@deprecated")) {
          found.add(at + ": is deprecated");
        } else {
          attribute(at, attribute, member.getValue());
          sibling(at, attribute, member.getValue(), value);
        }
      }
      for (Map.Entry<String, JsonNode> attribute : attributes.properties()) {
        if (attribute.getValue().path("requirement").asString("").equals("required")
            && isOfProfile(attribute.getValue())
            && !value.has(attribute.getKey())) {
          found.add(path + ": lacks " + attribute.getKey());
        }
      }
      constraints(path, shape.path("constraints"), value);
    }

    private boolean isOfProfile(JsonNode attribute) {
      JsonNode profile = attribute.path("profile");
      return !profile.isString() || profiles.contains(profile.asString());
    }

    private void constraints(String path, JsonNode constraints, JsonNode value) {
      for (Map.Entry<String, JsonNode> constraint : constraints.properties()) {
        long there =
            constraint.getValue().valueStream().map(JsonNode::asString).filter(value::has).count();
        boolean isMet =
            switch (constraint.getKey()) {
              case "at_least_one" -> there >= 1;
              case "just_one" -> there == 1;
              default -> false;
            };
        if (!isMet) {
          found.add(path + ": " + constraint.getKey() + " of " + constraint.getValue());
        }
      }
    }

    private void attribute(String path, JsonNode attribute, JsonNode value) {
      if (!attribute.path("is_array").asBoolean(false)) {
        value(path, attribute, value);
      } else if (value.isArray()) {
        value.valueStream().forEach(each -> value(path + "[]", attribute, each));
      } else {
        found.add(path + ": is not an array");
      }
    }

    private void value(String path, JsonNode attribute, JsonNode value) {
      String type = attribute.path("type").asString();
      if (type.endsWith("_t")) {
        scalar(path, type, value);
        if (attribute.has("enum") && !attribute.path("enum").has(value.asString(""))) {
          found.add(path + ": is not one of " + attribute.path("enum").propertyNames());
        }
      } else if (type.equals("object")) {
        if (!value.isObject()) {
          found.add(path + ": is not an object");
        }
      } else {
        schema
            .object(type)
            .ifPresentOrElse(
                shape -> object(path, shape, value),
                () -> found.add(path + ": the extract lacks the object " + type));
      }
    }

    private void scalar(String path, String type, JsonNode value) {
      JsonNode definition = schema.type(type);
      boolean isOfType =
          switch (type) {
            case "string_t" -> value.isString();
            case "integer_t" -> value.isIntegralNumber();
            case "long_t" -> value.isIntegralNumber() && value.canConvertToLong();
            case "float_t" -> value.isNumber();
            case "boolean_t" -> value.isBoolean();
            case "json_t" -> true;
            default -> definition.has("type");
          };
      String text = value.asString("");
      JsonNode range = definition.path("range");
      if (!isOfType
          || definition.path("max_len").asInt(Integer.MAX_VALUE) < text.length()
          || (definition.has("regex")
              && !Pattern.compile(definition.path("regex").asString()).matcher(text).find())
          || (range.isArray()
              && (value.asLong(0) < range.get(0).asLong()
                  || value.asLong(0) > range.get(1).asLong()))) {
        found.add(path + ": is not of type " + type);
      } else if (definition.has("type")) {
        scalar(path, definition.path("type").asString(), value);
      }
    }

    /** Next to an id there is its caption; next to 99, a name of the source. */
    private void sibling(String path, JsonNode attribute, JsonNode id, JsonNode owner) {
      String name = attribute.path("sibling").asString("");
      String key = id.asString("");
      if (!owner.has(name) || key.equals(OTHER)) {
        return;
      }
      String caption = attribute.path("enum").path(key).path("caption").asString("");
      if (!owner.path(name).asString("").equals(caption)) {
        found.add(path + ": " + name + " is not " + caption);
      }
    }
  }
}
