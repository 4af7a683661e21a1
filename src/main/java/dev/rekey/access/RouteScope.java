package dev.rekey.access;

import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/** The scope that some routes require. No methods mean every method; paths are patterns. */
record RouteScope(List<HttpMethod> methods, String scope, List<String> paths) {

  static final String READ_CREDENTIALS = "credentials:read";
  static final String WRITE_CREDENTIALS = "credentials:write";
  static final String READ_AUDIT = "audit:read";
  static final String ADMIN = "admin";

  // As Spring Security writes a scope.
  private static final String AUTHORITY_PREFIX = "SCOPE_";

  private static final List<HttpMethod> READING =
      List.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);
  private static final List<String> HISTORY =
      List.of(
          "/api/v1/audit-events/**", "/api/v1/audit-checkpoints", "/api/v1/credentials/*/timeline");
  private static final List<String> CREDENTIALS = List.of("/api/v1/**", "/organizations/**");

  /** All rules. The first that matches a route counts; without one, every valid token may pass. */
  static final List<RouteScope> ALL =
      List.of(
          new RouteScope(READING, READ_AUDIT, HISTORY),
          new RouteScope(List.of(HttpMethod.POST), ADMIN, List.of("/api/v1/rotations/*/resolve")),
          new RouteScope(List.of(HttpMethod.POST), ADMIN, List.of("/api/v1/policies/**")),
          new RouteScope(List.of(), ADMIN, List.of("/api/v1/webhook-deliveries/**")),
          new RouteScope(READING, READ_CREDENTIALS, CREDENTIALS),
          new RouteScope(List.of(), WRITE_CREDENTIALS, CREDENTIALS));

  /** The scopes among the authorities of a token. */
  static Stream<String> of(Collection<? extends GrantedAuthority> authorities) {
    return authorities.stream()
        .map(GrantedAuthority::getAuthority)
        .filter(Objects::nonNull)
        .filter(authority -> authority.startsWith(AUTHORITY_PREFIX))
        .map(authority -> authority.substring(AUTHORITY_PREFIX.length()));
  }

  /** The authorities that {@link #of} reads. */
  static List<GrantedAuthority> authorities(Collection<String> scopes) {
    return scopes.stream()
        .<GrantedAuthority>map(scope -> new SimpleGrantedAuthority(AUTHORITY_PREFIX + scope))
        .toList();
  }

  /** The scope that a request of the API needs; empty if every valid token may pass. */
  static Optional<String> needed(HttpMethod method, String path) {
    PathContainer requested = PathContainer.parsePath(path);
    return ALL.stream()
        .filter(rule -> rule.methods().isEmpty() || rule.methods().contains(method))
        .filter(rule -> rule.patterns().anyMatch(pattern -> pattern.matches(requested)))
        .map(RouteScope::scope)
        .findFirst();
  }

  private Stream<PathPattern> patterns() {
    return paths.stream().map(PathPatternParser.defaultInstance::parse);
  }

  String authority() {
    return AUTHORITY_PREFIX + scope;
  }

  /** Each matches some of the requests that require the scope. */
  RequestMatcher[] matchers() {
    var routes = PathPatternRequestMatcher.withDefaults();
    return paths.stream()
        .flatMap(
            path ->
                methods.isEmpty()
                    ? Stream.of(routes.matcher(path))
                    : methods.stream().map(method -> routes.matcher(method, path)))
        .toArray(RequestMatcher[]::new);
  }
}
