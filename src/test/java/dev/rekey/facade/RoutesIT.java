package dev.rekey.facade;

import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.platform.RequestPath;
import dev.rekey.platform.problem.Problems.RouteTraits;
import dev.rekey.run.Http.Answer;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.mock.web.MockHttpServletRequest;

/** Error responses of minting routes tell clients not to retry, wherever the error occurs. */
class RoutesIT extends RekeyIT {

  @Autowired private RouteTraits routes;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/apps/connectors/credentials",
        "/api/v1/apps/crm/connectors/okta/credentials",
        "/organizations/acme/service-accounts/checkout/credentials",
        "/organizations/acme/service-accounts/checkout/credentials/c1/rotate",
        "/api/v1/rotations/0197f0a0-0000-7000-8000-000000000000/reissue",
        "/organizations/a%2Fb/service-accounts/checkout/credentials",
        "/organizations/%zz/service-accounts/checkout/credentials",
        "/organizations/a;b/service-accounts/checkout/credentials"
      })
  void everyMintingRouteIsRecognised(String path) {
    assertThat(routes.mints("POST", RequestPath.of(new MockHttpServletRequest("POST", path))))
        .isTrue();
    assertThat(routes.mints("GET", RequestPath.of(new MockHttpServletRequest("GET", path))))
        .isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "/api/v1/apps/crm/connectors/okta/credentials/c1",
        "/organizations/acme/service-accounts/checkout/credentials/c1",
        "/organizations/a/b/service-accounts/checkout/credentials",
        "/organizations//service-accounts/checkout/credentials",
        "/organizations/acme/service-accounts/checkout/credentials/",
        "/api/v1/rotations/0197f0a0-0000-7000-8000-000000000000/confirm",
        "/api/v1/rotations",
        "/api/v1/credentials"
      })
  void noOtherRouteIsRecognised(String path) {
    assertThat(routes.mints("POST", RequestPath.of(new MockHttpServletRequest("POST", path))))
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "/organizations/a%2Fb/service-accounts/checkout/credentials, 400",
    "/organizations/a;b/service-accounts/checkout/credentials, 400",
    "/organizations/nobody/service-accounts/checkout/credentials, 404",
    "/api/v1/rotations/none/reissue, 400"
  })
  void anErrorBeforeTheControllerForbidsARetry(String path, int status) {
    Answer answer = as("payments").post(path, json("name", "x"));

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.header("x-should-retry")).isEqualTo("false");
  }

  @Test
  void aMissingTokenForbidsARetry() {
    String reissue = "/api/v1/rotations/" + UUID.randomUUID() + "/reissue";

    assertThat(anonymous().post(ROTATE, OKTA).header("x-should-retry")).isEqualTo("false");
    assertThat(anonymous().post(reissue, "{}").header("x-should-retry")).isEqualTo("false");
  }

  @Test
  void anErrorOfAnotherRouteSaysNothingAboutRetries() {
    Answer answer = as("payments").post(CHECKOUT + "/c1", "{}");

    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.header("x-should-retry")).isNull();
  }
}
