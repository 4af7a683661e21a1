package dev.rekey.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.web.MockHttpServletRequest;

class RouteScopeTest {

  @ParameterizedTest
  @CsvSource({
    "GET,    /api/v1/audit-events,                              audit:read",
    "GET,    /api/v1/audit-events/tail,                         audit:read",
    "HEAD,   /api/v1/audit-checkpoints,                         audit:read",
    "GET,    /api/v1/credentials/{id}/timeline,                 audit:read",
    "POST,   /api/v1/rotations/{id}/resolve,                    admin",
    "GET,    /api/v1/webhook-deliveries,                        admin",
    "POST,   /api/v1/webhook-deliveries/{id}/redeliver,         admin",
    "GET,    /api/v1/credentials/{id},                          credentials:read",
    "GET,    /organizations/a/service-accounts/b/credentials,   credentials:read",
    "POST,   /api/v1/apps/connectors/credentials,               credentials:write",
    "POST,   /api/v1/rotations/{id}/confirm,                    credentials:write",
    "DELETE, /organizations/a/service-accounts/b/credentials/c, credentials:write",
    "PATCH,  /api/v1/audit-events,                              credentials:write"
  })
  void routeRequiresItsScope(String method, String path, String scope) {
    assertThat(scope(method, path)).contains(scope);
  }

  @ParameterizedTest
  @CsvSource({"GET, /", "GET, /v3/api-docs", "POST, /nowhere"})
  void otherPathsRequireNone(String method, String path) {
    assertThat(scope(method, path)).isEmpty();
  }

  private static Optional<String> scope(String method, String path) {
    var request = new MockHttpServletRequest(method, path);
    return RouteScope.ALL.stream()
        .filter(rule -> Arrays.stream(rule.matchers()).anyMatch(one -> one.matches(request)))
        .map(RouteScope::scope)
        .findFirst();
  }
}
