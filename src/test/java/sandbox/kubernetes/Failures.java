package sandbox.kubernetes;

import static sandbox.wire.ErrorShape.KUBERNETES;

import java.util.Objects;
import sandbox.wire.Json;
import sandbox.wire.Refusal;
import sandbox.wire.Response;
import tools.jackson.databind.node.ObjectNode;

/** Refusals with the messages of the real server. */
final class Failures {
  private Failures() {}

  static Refusal unauthorized() {
    return KUBERNETES.refusal(401, "Unauthorized");
  }

  static Refusal forbidden(Attributes wanted, String user) {
    if (!wanted.isOfResource()) {
      return KUBERNETES.refusal(
          403,
          "forbidden: User \"%s\" cannot %s path \"%s\""
              .formatted(user, wanted.verb(), wanted.path()));
    }
    String resource = wanted.resource().replaceFirst("/.*", "");
    String scope =
        wanted.namespace().isEmpty()
            ? "at the cluster scope"
            : "in the namespace \"" + wanted.namespace() + "\"";
    return of(
        403,
        "Forbidden",
        "%s%s is forbidden: User \"%s\" cannot %s resource \"%s\" in API group \"%s\" %s"
            .formatted(
                qualified(wanted.apiGroup(), resource),
                wanted.name().isEmpty() ? "" : " \"" + wanted.name() + "\"",
                user,
                wanted.verb(),
                wanted.resource(),
                wanted.apiGroup(),
                scope),
        details(wanted.apiGroup(), resource, wanted.name()));
  }

  static Refusal noSuchRoute() {
    return KUBERNETES.refusal(404, "the server could not find the requested resource");
  }

  static Refusal notFound(ObjectKey key) {
    return ofObject(404, "NotFound", "%s not found".formatted(quoted(key)), key);
  }

  static Refusal alreadyExists(ObjectKey key) {
    return ofObject(409, "AlreadyExists", "%s already exists".formatted(quoted(key)), key);
  }

  static Refusal conflict(ObjectKey key, String why) {
    return ofObject(
        409,
        "Conflict",
        "Operation cannot be fulfilled on %s: %s".formatted(quoted(key), why),
        key);
  }

  static Refusal notSupported(ResourceType type, String verb) {
    String message =
        "%s is not supported on resources of kind \"%s\""
            .formatted(verb, qualified(type.group(), type.resource()));
    return of(405, "MethodNotAllowed", message, details(type.group(), type.resource(), ""));
  }

  static Refusal unsupportedMediaType(String accepted) {
    return KUBERNETES.refusal(
        415,
        "the body of the request was in an unknown format - accepted media types include: "
            + accepted);
  }

  static Refusal badRequest(String message) {
    return KUBERNETES.refusal(400, message);
  }

  /**
   * A refusal of the object's content.
   *
   * @param why the field and what is wrong with it
   */
  static Refusal invalid(ObjectKey key, String why) {
    ResourceType type = key.type();
    String kind = qualified(type.group(), type.kind());
    return of(
        422,
        "Invalid",
        "%s \"%s\" is invalid: %s".formatted(kind, key.name(), why),
        details(type.group(), type.kind(), key.name()));
  }

  /** A refusal of a patch whose result has a wrong type. The real server quotes the result, too. */
  static Refusal undecodable(ObjectNode patched, String why) {
    return KUBERNETES.refusal(
        422, " \"\" is invalid: patch: Invalid value: \"%s\": %s".formatted(patched, why));
  }

  /** A refusal of the query. */
  static Refusal invalidOptions(String options, String why) {
    return KUBERNETES.refusal(422, "%s.meta.k8s.io \"\" is invalid: %s".formatted(options, why));
  }

  private static Refusal ofObject(int code, String reason, String message, ObjectKey key) {
    return of(
        code, reason, message, details(key.type().group(), key.type().resource(), key.name()));
  }

  private static Refusal of(int code, String reason, String message, ObjectNode details) {
    Response failure = KUBERNETES.error(code, message);
    Objects.requireNonNull(failure.body()).put("reason", reason).set("details", details);
    return new Refusal(failure);
  }

  private static ObjectNode details(String group, String kind, String name) {
    ObjectNode details = Json.object();
    if (!name.isEmpty()) {
      details.put("name", name);
    }
    if (!group.isEmpty()) {
      details.put("group", group);
    }
    return details.put("kind", kind);
  }

  private static String quoted(ObjectKey key) {
    return "%s \"%s\"".formatted(qualified(key.type().group(), key.type().resource()), key.name());
  }

  private static String qualified(String group, String name) {
    return group.isEmpty() ? name : name + "." + group;
  }
}
