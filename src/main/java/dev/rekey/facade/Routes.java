package dev.rekey.facade;

import dev.rekey.platform.problem.RouteTraits;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;

/** The facade's paths, also for errors that come up before a controller is found. */
@Component
class Routes implements RouteTraits {

  static final String ROTATE = "/api/v1/apps/connectors/credentials";
  static final String CONNECTOR_CREDENTIALS =
      "/api/v1/apps/{appId}/connectors/{connectorId}/credentials";
  static final String ACCOUNT_CREDENTIALS =
      "/organizations/{organization_id}/service-accounts/{service_account_id}/credentials";

  private static final Pattern MINTS =
      Pattern.compile(
          "/api/v1/apps/connectors/credentials"
              + "|/api/v1/apps/[^/]+/connectors/[^/]+/credentials"
              + "|/organizations/[^/]+/service-accounts/[^/]+/credentials(/[^/]+/rotate)?"
              + "|/api/v1/rotations/[^/]+/reissue");

  @Override
  public boolean mints(String method, String path) {
    return method.equals("POST") && MINTS.matcher(path).matches();
  }

  @Override
  public boolean hasGrpcCodes(String path) {
    return path.startsWith("/api/v1/apps/");
  }
}
