package sandbox.kubernetes;

import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Checks that the members of an object have the types that the real server decodes. */
final class Decoding {
  private Decoding() {}

  /** Moves {@code stringData} into {@code data}. Returns the first fault, which names no value. */
  static Optional<String> problem(ResourceType type, ObjectNode object) {
    if (!(object.path("metadata") instanceof ObjectNode)) {
      return Optional.of("metadata is not an object");
    }
    return textMap(object, "/metadata/annotations")
        .or(() -> textMap(object, "/metadata/labels"))
        .or(() -> type == ResourceType.SECRETS ? secret(object) : Optional.empty())
        .or(() -> type.isWorkload() ? workload(object) : Optional.empty());
  }

  private static Optional<String> secret(ObjectNode object) {
    if (!isAbsentOr(object.path("immutable"), object.path("immutable").isBoolean())) {
      return Optional.of("immutable is not a boolean");
    }
    if (!isAbsentOr(object.path("type"), object.path("type").isString())) {
      return Optional.of("type is not a string");
    }
    Optional<String> problem =
        textMap(object, "/stringData").or(() -> textMap(object, "/data")).or(() -> base64(object));
    if (problem.isEmpty()) {
      mergeStringData(object);
    }
    return problem;
  }

  private static Optional<String> base64(ObjectNode object) {
    return object.path("data").valueStream().allMatch(value -> isBase64(value.asString()))
        ? Optional.empty()
        : Optional.of("illegal base64 data at input byte 0");
  }

  private static boolean isBase64(String text) {
    try {
      Base64.getDecoder().decode(text);
      return text.length() % 4 == 0;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  private static void mergeStringData(ObjectNode object) {
    if (object.remove("stringData") instanceof ObjectNode plain && !plain.isEmpty()) {
      ObjectNode data = object.withObject("data");
      for (Map.Entry<String, JsonNode> member : plain.properties()) {
        data.put(member.getKey(), Base64Text.encode(member.getValue().asString()));
      }
    }
  }

  private static Optional<String> workload(ObjectNode object) {
    if (!(object.path("spec") instanceof ObjectNode)) {
      return Optional.of("spec is not an object");
    }
    for (String path : new String[] {"/spec/template", "/spec/template/metadata"}) {
      if (!isAbsentOr(object.at(path), object.at(path).isObject())) {
        return Optional.of(path.substring(1).replace('/', '.') + " is not an object");
      }
    }
    return textMap(object, "/spec/template/metadata/annotations")
        .or(() -> textMap(object, "/spec/template/metadata/labels"));
  }

  private static Optional<String> textMap(ObjectNode object, String path) {
    JsonNode map = object.at(path);
    boolean isGood =
        isAbsentOr(map, map.isObject() && map.valueStream().allMatch(JsonNode::isString));
    return isGood
        ? Optional.empty()
        : Optional.of(
            "json: cannot unmarshal a value of %s into a Go value of type string"
                .formatted(path.substring(1).replace('/', '.')));
  }

  private static boolean isAbsentOr(JsonNode node, boolean isGood) {
    return node.isMissingNode() || node.isNull() || isGood;
  }
}
