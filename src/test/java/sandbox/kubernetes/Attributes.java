package sandbox.kubernetes;

import static java.util.function.Predicate.not;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import sandbox.wire.Parameters;

/**
 * The attributes of a request for the authorizer, from its method and path as in the real server.
 *
 * @param resource with its subresource, such as {@code deployments/scale}; empty if the path is not
 *     that of a resource
 * @param namespace empty for a request to all namespaces
 * @param name empty for a request to a collection
 */
record Attributes(
    String verb,
    String apiGroup,
    String version,
    String resource,
    String namespace,
    String name,
    String path) {

  /**
   * Reads a request.
   *
   * @param path below the server's URL
   */
  static Attributes of(String method, String path, Parameters query) {
    List<String> parts = Stream.of(path.split("/")).filter(not(String::isEmpty)).toList();
    if (parts.size() > 2 && parts.getFirst().equals("api")) {
      return ofResource(method, path, "", parts.get(1), parts.subList(2, parts.size()), query);
    }
    if (parts.size() > 3 && parts.getFirst().equals("apis")) {
      List<String> rest = parts.subList(3, parts.size());
      return ofResource(method, path, parts.get(1), parts.get(2), rest, query);
    }
    return new Attributes(method.toLowerCase(Locale.ROOT), "", "", "", "", "", path);
  }

  private static Attributes ofResource(
      String method,
      String path,
      String group,
      String version,
      List<String> parts,
      Parameters query) {
    boolean watches = parts.getFirst().equals("watch") || isTrue(query, "watch");
    List<String> rest = parts.getFirst().equals("watch") ? after(parts, 1) : parts;
    boolean isNamespaced = rest.size() > 2 && rest.getFirst().equals("namespaces");
    String namespace = isNamespaced ? rest.get(1) : "";
    List<String> place = isNamespaced ? after(rest, 2) : rest;
    String subresource = place.size() > 2 ? "/" + place.get(2) : "";
    String name = at(place, 1);
    return new Attributes(
        verb(method, name.isEmpty(), watches),
        group,
        version,
        at(place, 0) + subresource,
        namespace,
        name,
        path);
  }

  private static String verb(String method, boolean ofCollection, boolean watches) {
    return switch (method) {
      case "POST" -> "create";
      case "PUT" -> "update";
      case "DELETE" -> ofCollection ? "deletecollection" : "delete";
      case "GET", "HEAD" -> !ofCollection ? "get" : watches ? "watch" : "list";
      default -> method.toLowerCase(Locale.ROOT);
    };
  }

  private static boolean isTrue(Parameters query, String name) {
    return query.first(name).filter(value -> value.equals("true") || value.equals("1")).isPresent();
  }

  private static List<String> after(List<String> parts, int count) {
    return parts.subList(count, parts.size());
  }

  private static String at(List<String> parts, int index) {
    return index < parts.size() ? parts.get(index) : "";
  }

  boolean isOfResource() {
    return !resource.isEmpty();
  }
}
