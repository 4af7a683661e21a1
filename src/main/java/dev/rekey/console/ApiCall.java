package dev.rekey.console;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * A request of the API.
 *
 * @param path percent-encoded
 * @param query percent-encoded, as in the URL; null for none
 */
record ApiCall(HttpMethod method, String path, @Nullable String query) {

  /** The request to a route, such as {@code GET /api/v1/credentials/{id}}. */
  static ApiCall of(String route, Map<String, String> variables, @Nullable String query) {
    int space = route.indexOf(' ');
    return new ApiCall(
        HttpMethod.valueOf(route.substring(0, space)),
        UriComponentsBuilder.fromPath(route.substring(space + 1))
            .encode()
            .buildAndExpand(variables)
            .toUriString(),
        query);
  }

  /** A request without variables, such as {@code GET /api/v1/audit-events?limit=8}. */
  static ApiCall of(String request) {
    int query = request.indexOf('?');
    return query < 0
        ? of(request, Map.of(), null)
        : of(request.substring(0, query), Map.of(), request.substring(query + 1));
  }

  /**
   * The same request with more parameters.
   *
   * @param more percent-encoded
   */
  ApiCall with(String more) {
    return new ApiCall(method, path, query == null ? more : query + "&" + more);
  }

  /**
   * The command that sends the request, which has to be a GET.
   *
   * @param url where the API is, without a slash at its end
   */
  String curl(String url) {
    String target = url + path + (query == null ? "" : "?" + query);
    // Without -N, curl would show the events of a stream late.
    String command = path.endsWith("/stream") ? "curl -N" : "curl";
    // A quote is no character of an encoded URL's path, but may be one of its query.
    return command + " -H \"Authorization: Bearer $TOKEN\" '" + target.replace("'", "%27") + "'";
  }
}
