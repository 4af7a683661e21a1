package dev.rekey.access;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpMethod;

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
    assertThat(RouteScope.of(HttpMethod.valueOf(method), path)).contains(scope);
  }

  @ParameterizedTest
  @CsvSource({"GET, /", "GET, /v3/api-docs", "POST, /nowhere"})
  void otherPathsRequireNone(String method, String path) {
    assertThat(RouteScope.of(HttpMethod.valueOf(method), path)).isEmpty();
  }
}
