package sandbox.kubernetes;

import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import sandbox.wire.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** JSON merge patches, as in RFC 7386. */
final class MergePatch {
  private MergePatch() {}

  /** Returns a patched copy. */
  static ObjectNode apply(ObjectNode target, ObjectNode patch) {
    ObjectNode result = target.deepCopy();
    for (Map.Entry<String, JsonNode> change : patch.properties()) {
      String name = change.getKey();
      if (change.getValue().isNull()) {
        result.remove(name);
      } else if (change.getValue() instanceof ObjectNode inner) {
        ObjectNode before = result.get(name) instanceof ObjectNode old ? old : Json.object();
        result.set(name, apply(before, inner));
      } else {
        result.set(name, change.getValue().deepCopy());
      }
    }
    return result;
  }

  /** The paths of a patch's innermost members, such as {@code metadata.annotations.a/b}. */
  static SortedSet<String> paths(ObjectNode patch) {
    var paths = new TreeSet<String>();
    collect("", patch, paths);
    return paths;
  }

  private static void collect(String prefix, ObjectNode patch, SortedSet<String> paths) {
    for (Map.Entry<String, JsonNode> member : patch.properties()) {
      String path = prefix + member.getKey();
      if (member.getValue() instanceof ObjectNode inner && !inner.isEmpty()) {
        collect(path + ".", inner, paths);
      } else {
        paths.add(path);
      }
    }
  }
}
