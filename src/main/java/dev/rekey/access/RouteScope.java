package dev.rekey.access;

import java.util.List;
import java.util.Optional;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * The scope that some routes require.
 *
 * @param methods empty for every method
 * @param paths patterns of Spring's {@code PathPattern}
 */
record RouteScope(List<HttpMethod> methods, String scope, List<String> paths) {

  private static final List<HttpMethod> READING =
      List.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

  /** All rules. The first that matches a route counts. */
  static final List<RouteScope> ALL =
      List.of(
          new RouteScope(
              READING,
              Scopes.READ_AUDIT,
              List.of(
                  "/api/v1/audit-events/**",
                  "/api/v1/audit-checkpoints",
                  "/api/v1/credentials/*/timeline")),
          new RouteScope(
              List.of(HttpMethod.POST), Scopes.ADMIN, List.of("/api/v1/rotations/*/resolve")),
          new RouteScope(List.of(), Scopes.ADMIN, List.of("/api/v1/webhook-deliveries/**")),
          new RouteScope(
              READING, Scopes.READ_CREDENTIALS, List.of("/api/v1/**", "/organizations/**")),
          new RouteScope(
              List.of(), Scopes.WRITE_CREDENTIALS, List.of("/api/v1/**", "/organizations/**")));

  /** The scope of a path, or of its template; empty if every valid token has access. */
  static Optional<String> of(HttpMethod method, String path) {
    return ALL.stream()
        .filter(rule -> rule.methods.isEmpty() || rule.methods.contains(method))
        .filter(rule -> rule.covers(path))
        .map(RouteScope::scope)
        .findFirst();
  }

  private boolean covers(String path) {
    return paths.stream()
        .map(PathPatternParser.defaultInstance::parse)
        .anyMatch(pattern -> pattern.matches(PathContainer.parsePath(path)));
  }
}
