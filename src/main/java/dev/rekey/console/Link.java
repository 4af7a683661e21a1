package dev.rekey.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.servlet.http.HttpServletRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.web.util.UriUtils;

/**
 * A link to a page, made from the query of another page. Immutable.
 *
 * @param path within Rekey, without a prefix of a proxy
 * @param parameters the values of each parameter, not encoded
 */
record Link(String path, Map<String, List<String>> parameters) {

  /** To a page with the parameters of a request, but not with its position in a list. */
  static Link to(String path, HttpServletRequest request) {
    var parameters = new LinkedHashMap<String, List<String>>();
    request.getParameterMap().forEach((name, values) -> parameters.put(name, List.of(values)));
    parameters.remove("cursor");
    return new Link(path, parameters);
  }

  /** With one value instead of others; without the parameter for null. */
  Link with(String name, @Nullable Object value) {
    return with(name, value == null ? List.of() : List.of(value.toString()));
  }

  /** With these values instead of others. */
  Link with(String name, List<String> values) {
    var changed = new LinkedHashMap<>(parameters);
    if (values.isEmpty()) {
      changed.remove(name);
    } else {
      changed.put(name, values);
    }
    return new Link(path, changed);
  }

  Link without(String... names) {
    var changed = new LinkedHashMap<>(parameters);
    List.of(names).forEach(changed::remove);
    return new Link(path, changed);
  }

  /** The path and the encoded query. */
  String url() {
    return parameters.isEmpty()
        ? path
        : path
            + parameters.entrySet().stream()
                .flatMap(
                    each ->
                        each.getValue().stream()
                            .map(value -> each.getKey() + "=" + UriUtils.encode(value, UTF_8)))
                .collect(Collectors.joining("&", "?", ""));
  }
}
