package dev.rekey.access.issuer;

import java.util.Collection;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds claims by a name, or by a path of names with dots between them. A name may contain dots
 * itself: {@code kubernetes.io.namespace} is {@code namespace} in {@code kubernetes.io}.
 */
final class ClaimPath {

  private ClaimPath() {}

  /** The values at the path, without null; those of each element where the path meets a list. */
  static Stream<Object> values(@Nullable Object from, String path) {
    if (from instanceof Collection<?> all) {
      return all.stream().flatMap(one -> values(one, path));
    }
    if (!(from instanceof Map<?, ?> map)) {
      return Stream.empty();
    }
    if (map.containsKey(path)) {
      Object value = map.get(path);
      return value == null ? Stream.empty() : Stream.of(value);
    }
    for (int dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
      Object inner = map.get(path.substring(0, dot));
      if (inner != null) {
        return values(inner, path.substring(dot + 1));
      }
    }
    return Stream.empty();
  }

  /**
   * The names in a value: a text, each text of a list, the {@code name} or else the {@code id} of
   * an object, or the keys of an object of objects.
   */
  static Stream<String> names(@Nullable Object value) {
    return switch (value) {
      case String text -> Stream.of(text);
      case Collection<?> all -> all.stream().flatMap(ClaimPath::names);
      case Map<?, ?> object -> names(object);
      case null, default -> Stream.empty();
    };
  }

  private static Stream<String> names(Map<?, ?> object) {
    if (object.get("name") instanceof String name) {
      return Stream.of(name);
    }
    if (object.get("id") instanceof String id) {
      return Stream.of(id);
    }
    return object.values().stream().allMatch(Map.class::isInstance)
        ? object.keySet().stream().map(String::valueOf)
        : Stream.empty();
  }
}
