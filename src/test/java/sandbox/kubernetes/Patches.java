package sandbox.kubernetes;

import java.util.Set;
import org.springframework.stereotype.Component;
import sandbox.wire.Call;
import sandbox.wire.Response;
import tools.jackson.databind.node.ObjectNode;

/** Changes objects by JSON merge patches. */
@Component
final class Patches {
  private static final String MERGE_PATCH = "application/merge-patch+json";

  /** Versions that stand for any. */
  private static final Set<String> ANY_VERSION = Set.of("", "0");

  private final ObjectStore objects;

  Patches(ObjectStore objects) {
    this.objects = objects;
  }

  Response apply(ObjectKey key, Call call) {
    if (!mediaType(call).equals(MERGE_PATCH)) {
      throw Failures.unsupportedMediaType(MERGE_PATCH);
    }
    Options options = Options.read(call, "PatchOptions");
    return Response.ok(
        objects.update(key, current -> patched(key, current, call), options.dryRun()));
  }

  /** The type of the body without parameters, or nothing. */
  static String mediaType(Call call) {
    return call.header("Content-Type").orElse("").replaceFirst(";.*", "").strip();
  }

  private static ObjectNode patched(ObjectKey key, ObjectNode current, Call call) {
    ObjectNode patch =
        call.json()
            .orElseThrow(
                () -> Failures.badRequest("error decoding patch: the body is not one JSON object"));
    ObjectNode next = MergePatch.apply(current, patch);
    requireSameKind(key.type(), next);
    ObjectNode quoted = next.deepCopy();
    Decoding.problem(key.type(), next)
        .ifPresent(
            problem -> {
              throw Failures.undecodable(quoted, problem);
            });
    requireSameName(key, next);
    requireUnchangedSince(key, current, next);
    Validation.requireUpdate(key, current, next);
    return next;
  }

  private static void requireSameKind(ResourceType type, ObjectNode next) {
    if (!next.path("kind").asString("").equals(type.kind())
        || !next.path("apiVersion").asString("").equals(type.apiVersion())) {
      throw Failures.badRequest(
          "the kind or the API version in the data does not match the expected %s %s"
              .formatted(type.apiVersion(), type.kind()));
    }
  }

  private static void requireSameName(ObjectKey key, ObjectNode next) {
    String name = next.at("/metadata/name").asString("");
    if (!name.equals(key.name())) {
      throw Failures.badRequest(
          "the name of the object (%s) does not match the name on the URL (%s)"
              .formatted(name, key.name()));
    }
    if (!next.at("/metadata/namespace").asString("").equals(key.namespace())) {
      throw Failures.badRequest(
          "the namespace of the provided object does not match the namespace sent on the request");
    }
  }

  private static void requireUnchangedSince(ObjectKey key, ObjectNode current, ObjectNode next) {
    String uid = current.at("/metadata/uid").asString("");
    String named = next.at("/metadata/uid").asString(uid);
    if (!named.equals(uid)) {
      throw Failures.conflict(
          key,
          "Precondition failed: UID in precondition: %s, UID in object meta: %s"
              .formatted(named, uid));
    }
    String version = next.at("/metadata/resourceVersion").asString("");
    if (!ANY_VERSION.contains(version)
        && !version.equals(current.at("/metadata/resourceVersion").asString(""))) {
      throw Failures.conflict(
          key,
          "the object has been modified; please apply your changes to the latest version and try again");
    }
  }
}
