package dev.rekey.facade;

import static dev.rekey.run.Control.status;
import static dev.rekey.run.Control.times;
import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.platform.RequestPath;
import dev.rekey.platform.problem.Problems.RouteTraits;
import dev.rekey.run.Http.Answer;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.mock.web.MockHttpServletRequest;

/**
 * Error responses of the upstreams' routes tell clients not to retry what a repetition cannot cure,
 * and those of minting routes also what it could mint twice, wherever the error occurs.
 */
class RoutesIT extends RekeyIT {

  private static final String CONNECTOR = "/api/v1/apps/crm/connectors/okta/credentials";

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

  @ParameterizedTest
  @CsvSource({
    "400, false",
    "401, false",
    "403, false",
    "404, false",
    "409, false",
    "412, false",
    "422, false",
    "429,",
    "500,",
    "503,"
  })
  void aRepetitionOfAReadIsForbiddenUnlessItMayHelp(int status, @Nullable String shouldRetry) {
    control().fault("keycard", "get", "status", status(status));
    control().fault("conductorone", "get", "status", status(status));

    assertThat(as("payments").get(CHECKOUT + "/c1").header("x-should-retry"))
        .isEqualTo(shouldRetry);
    assertThat(as("payments").get(CONNECTOR + "/c1").header("x-should-retry"))
        .isEqualTo(shouldRetry);
  }

  @Test
  void aRepetitionOfAChangeIsForbiddenUnlessItMayHelp() {
    control().fault("keycard", "update", "status", status(422), times(1));
    Answer refused = as("payments").send("PATCH", CHECKOUT + "/c1", json("name", "x"));
    control().fault("keycard", "update", "status", status(503), times(1));
    Answer unknown = as("payments").send("PATCH", CHECKOUT + "/c1", json("name", "x"));

    assertThat(refused.header("x-should-retry")).isEqualTo("false");
    assertThat(unknown.text("/code")).isEqualTo("change-outcome-unknown");
    assertThat(unknown.header("x-should-retry")).isNull();
  }

  @Test
  void aRequestThatRekeyRefusesIsNotRepeated() {
    String foreign = "/organizations/acme/service-accounts/indexer/credentials";
    Stream.of(
            anonymous().get(CHECKOUT),
            as("payments").get(foreign),
            as("payments").get(CHECKOUT + "?colour=red"),
            as("payments").get(CHECKOUT + "/a%20b"),
            as("payments").get("/organizations/nobody/service-accounts/x/credentials"),
            as("payments").get("/organizations/acme"),
            as("payments").get("/api/v1/apps/crm"),
            as("payments").post(CHECKOUT + "/c1", "{}"),
            as("payments").with("Accept", "text/plain").get(CONNECTOR + "/c1"),
            as("payments").post(CONNECTOR + "/c1", "["))
        .forEach(
            answer -> {
              assertThat(answer.status()).isBetween(400, 499);
              assertThat(answer.header("x-should-retry"))
                  .as(answer.raw().body())
                  .isEqualTo("false");
            });
  }

  @Test
  void anErrorOfRekeysOwnRouteSaysNothingAboutRetries() {
    Answer answer = as("payments").post("/api/v1/rotations", "{}");

    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.header("x-should-retry")).isNull();
  }
}
