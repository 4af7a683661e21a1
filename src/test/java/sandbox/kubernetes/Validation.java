package sandbox.kubernetes;

import java.util.Locale;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The real server's rules for the content of objects. Each method throws a refusal. */
final class Validation {
  private static final int MOST_ANNOTATIONS = 256 * 1024;
  private static final int MOST_DATA = 1024 * 1024;
  private static final Pattern DATA_KEY = Pattern.compile("[-._a-zA-Z0-9]{1,253}");
  private static final String LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
  private static final Pattern QUALIFIED_NAME =
      Pattern.compile("(%1$s(\\.%1$s)*/)?([a-z0-9][-a-z0-9_.]{0,61})?[a-z0-9]".formatted(LABEL));
  private static final String IMMUTABLE = "Forbidden: field is immutable when `immutable` is set";

  private Validation() {}

  static void requireUpdate(ObjectKey key, ObjectNode before, ObjectNode after) {
    require(key, after);
    if (key.type() == ResourceType.SECRETS) {
      requireSecretUpdate(key, before, after);
    }
  }

  private static void requireSecretUpdate(ObjectKey key, ObjectNode before, ObjectNode after) {
    if (!after.path("type").equals(before.path("type"))) {
      throw Failures.invalid(
          key, "type: Invalid value: %s: field is immutable".formatted(after.path("type")));
    }
    if (!before.path("immutable").asBoolean(false)) {
      return;
    }
    if (!after.path("immutable").asBoolean(false)) {
      throw Failures.invalid(key, "immutable: " + IMMUTABLE);
    }
    if (!after.path("data").equals(before.path("data"))) {
      throw Failures.invalid(key, "data: " + IMMUTABLE);
    }
  }

  static void require(ObjectKey key, ObjectNode object) {
    requireAnnotations(key, "metadata.annotations", object.at("/metadata/annotations"));
    requireAnnotations(
        key, "spec.template.annotations", object.at("/spec/template/metadata/annotations"));
    if (key.type() == ResourceType.SECRETS) {
      requireData(key, object.path("data"));
    }
  }

  private static void requireAnnotations(ObjectKey key, String field, JsonNode annotations) {
    int size = 0;
    for (var annotation : annotations.properties()) {
      String name = annotation.getKey();
      if (!QUALIFIED_NAME.matcher(name.toLowerCase(Locale.ROOT)).matches()) {
        throw Failures.invalid(
            key,
            "%s: Invalid value: \"%s\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
                .formatted(field, name));
      }
      size += name.length() + annotation.getValue().asString().length();
    }
    if (size > MOST_ANNOTATIONS) {
      throw Failures.invalid(
          key, "%s: Too long: may not be more than %d bytes".formatted(field, MOST_ANNOTATIONS));
    }
  }

  private static void requireData(ObjectKey key, JsonNode data) {
    int size = 0;
    for (var member : data.properties()) {
      String name = member.getKey();
      if (!DATA_KEY.matcher(name).matches() || name.equals(".") || name.startsWith("..")) {
        throw Failures.invalid(
            key,
            "data[%1$s]: Invalid value: \"%1$s\": a valid config key must consist of alphanumeric characters, '-', '_' or '.'"
                .formatted(name));
      }
      size += Base64Text.decode(member.getValue().asString()).length();
    }
    if (size > MOST_DATA) {
      throw Failures.invalid(
          key, "data: Too long: may not be more than %d bytes".formatted(MOST_DATA));
    }
  }
}
