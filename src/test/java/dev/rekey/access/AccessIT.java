package dev.rekey.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.run.Http.Answer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Authentication, scopes and grants, over HTTP. */
class AccessIT extends RekeyIT {

  private static final String INDEXER = "/organizations/acme/service-accounts/indexer/credentials";

  @Test
  void teamWithoutAGrantIsDeniedAndNothingIsSent() {
    Answer answer = as("search").post(ROTATE, OKTA);

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.text("/type")).isEqualTo("/problems/no-grant");
    assertThat(answer.text("/detail")).contains("[search]").contains(OKTA_SUBJECT);
    assertThat(answer.text("/subject")).isEqualTo(OKTA_SUBJECT);
    assertThat(control().calls()).isEmpty();
    assertThat(events()).containsExactly("access.denied");
  }

  @ParameterizedTest
  @CsvSource({
    "search,   POST,   /api/v1/apps/crm/connectors/okta/credentials",
    "search,   GET,    /api/v1/apps/crm/connectors/okta/credentials/x",
    "search,   POST,   /api/v1/apps/crm/connectors/okta/credentials/x",
    "search,   GET,    /organizations/acme/service-accounts/checkout/credentials",
    "search,   GET,    /organizations/acme-corp/service-accounts/checkout/credentials",
    "search,   GET,    /organizations/acme/service-accounts/checkout/credentials/x",
    "search,   DELETE, /organizations/acme/service-accounts/checkout/credentials/x",
    "payments, GET,    /organizations/acme/service-accounts/indexer/credentials",
    "payments, DELETE, /organizations/acme/service-accounts/indexer/credentials/x",
    "auditor,  POST,   /api/v1/apps/crm/connectors/okta/credentials",
    "viewer,   POST,   /api/v1/apps/crm/connectors/okta/credentials",
    "viewer,   GET,    /organizations/acme/service-accounts/indexer/credentials",
    "viewer,   DELETE, /organizations/acme/service-accounts/checkout/credentials/x",
    "viewer,   GET,    /api/v1/audit-events"
  })
  void requestWithoutAGrantIsDeniedAuditedAndNotSent(String client, String method, String path) {
    Answer answer = as(client).send(method, path, null);

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.text("/type")).isIn("/problems/no-grant", "/problems/insufficient-scope");
    assertThat(control().calls()).isEmpty();
    assertThat(events()).containsExactly("access.denied");
  }

  @Test
  void missingScopeIsNamed() {
    Answer answer = as("viewer").post(ROTATE, OKTA);

    assertThat(answer.text("/type")).isEqualTo("/problems/insufficient-scope");
    assertThat(answer.text("/scope")).isEqualTo("credentials:write");
    assertThat(answer.body().at("/code").asInt()).isEqualTo(7);
  }

  @Test
  void readingNeedsNoScopeToWrite() {
    assertThat(as("viewer").get(CHECKOUT).status()).isEqualTo(200);
    assertThat(as("viewer").send("HEAD", CHECKOUT, null).status()).isEqualTo(200);
    assertThat(as("auditor").get(INDEXER).status()).isEqualTo(200);
  }

  @Test
  void adminMayChangeWhatItsGrantsCover() {
    assertThat(as("admin").post(ROTATE, OKTA).status()).isEqualTo(200);
  }

  @Test
  void teamSeesOnlyItsOwnInventoryAndHistory() {
    String others =
        as("search").post(INDEXER, "{\"name\":\"theirs\"}").header("Rekey-Credential-Id");
    String own = as("payments").post(CHECKOUT, "{\"name\":\"ours\"}").header("Rekey-Credential-Id");

    assertThat(subjects(as("payments").get("/api/v1/credentials?limit=500")))
        .containsAnyOf("organizations/acme/service-accounts/checkout")
        .doesNotContain(
            "organizations/acme/service-accounts/indexer", "apps/crm/connectors/github");
    assertThat(subjects(as("payments").get("/api/v1/audit-events?limit=500")))
        .doesNotContain(
            "organizations/acme/service-accounts/indexer", "apps/crm/connectors/github");
    assertThat(as("payments").get("/api/v1/credentials/" + own).status()).isEqualTo(200);
    assertThat(as("payments").get("/api/v1/credentials/" + others).status()).isEqualTo(404);
    assertThat(as("auditor").get("/api/v1/credentials/" + others).status()).isEqualTo(200);
  }

  @Test
  void resourceOfAnotherTeamIsNotFoundAndTheDenialIsRecorded() {
    Answer theirs = as("search").post(INDEXER, "{\"name\":\"theirs\"}");
    var missing = as("payments").get("/api/v1/rotations/00000000-0000-7000-8000-000000000000");
    var hidden = as("payments").get("/api/v1/rotations/" + theirs.header("Rekey-Rotation-Id"));

    assertThat(hidden.status()).isEqualTo(404).isEqualTo(missing.status());
    assertThat(hidden.body()).isEqualTo(missing.body());
    assertThat(events()).endsWith("access.denied");
  }

  @Test
  void auditorsAndAdminsSeeTheHistoryOfEveryTeam() {
    as("search").post(INDEXER, "{\"name\":\"a\"}");
    as("payments").post(CHECKOUT, "{\"name\":\"b\"}");

    for (String client : List.of("auditor", "admin")) {
      assertThat(subjects(as(client).get("/api/v1/audit-events?limit=500")))
          .contains(
              "organizations/acme/service-accounts/indexer",
              "organizations/acme/service-accounts/checkout");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Basic cmVrZXk6cmVrZXk=", "bear"})
  void requestWithoutABearerTokenIsAskedForOne(String authorization) {
    Answer answer =
        (authorization.isEmpty() ? anonymous() : anonymous().with("Authorization", authorization))
            .post(ROTATE, OKTA);

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.text("/type")).isEqualTo("/problems/unauthenticated");
    assertThat(answer.text("/detail"))
        .startsWith(
            authorization.isEmpty()
                ? "There is no Authorization header. Send Authorization: Bearer"
                : "The Authorization header has no Bearer token. Send Authorization: Bearer");
    // RFC 6750: no error attribute without credentials.
    assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer");
    assertThat(answer.header("x-should-retry")).isEqualTo("false");
    assertThat(control().calls()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource
  void tokenWithAnInvalidClaimIsRefusedWithTheReason(
      Consumer<Map<String, Object>> change, String reason) {
    String token = surroundings().sandbox().mintJwt(change);

    isRefused(anonymous().bearer(token).post(ROTATE, OKTA), reason);
  }

  static Stream<Arguments> tokenWithAnInvalidClaimIsRefusedWithTheReason() {
    String audience = "The access token is for another audience: its aud does not contain rekey.";
    String noAudience = "The access token has no aud: it has to contain rekey.";
    String issuer = "The access token is from another issuer.";
    return Stream.of(
        fault("another audience", audience, claims -> claims.put("aud", List.of("canary-aud"))),
        fault("no audience", noAudience, claims -> claims.remove("aud")),
        fault("another issuer", issuer, claims -> claims.put("iss", "https://canary.example")),
        fault("no issuer", "The access token has no iss.", claims -> claims.remove("iss")),
        fault("expired", "The access token has expired.", AccessIT::expire),
        fault("never expires", "The access token has no exp.", claims -> claims.remove("exp")),
        fault(
            "not yet valid",
            "The access token is not valid yet.",
            claims -> claims.put("nbf", Instant.now().plusSeconds(120))),
        fault("no subject", "The access token has no sub.", claims -> claims.remove("sub")),
        fault(
            "two faults",
            "The access token has expired. " + noAudience,
            claims -> {
              expire(claims);
              claims.remove("aud");
            }));
  }

  private static void expire(Map<String, Object> claims) {
    claims.put("iat", Instant.now().minusSeconds(300));
    claims.put("exp", Instant.now().minusSeconds(120));
  }

  private static Arguments fault(String name, String reason, Consumer<Map<String, Object>> change) {
    return Arguments.of(Named.of(name, change), reason);
  }

  private static void isRefused(Answer answer, String reason) {
    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.text("/type")).isEqualTo("/problems/unauthenticated");
    assertThat(answer.text("/detail"))
        .isEqualTo(reason + " Get a new token and repeat the request.");
    assertThat(answer.header("WWW-Authenticate"))
        .isEqualTo("Bearer error=\"invalid_token\", error_description=\"" + reason + "\"");
    assertThat(answer.raw().body()).doesNotContain("canary");
    assertThat(control().calls()).isEmpty();
  }

  @Test
  void tokenWithoutAFaultIsAccepted() {
    String token = surroundings().sandbox().mintJwt(_ -> {});

    assertThat(anonymous().bearer(token).get("/api/v1/credentials").status()).isEqualTo(200);
  }

  @Test
  void tokenWithoutTeamsReachesNothing() {
    String token = surroundings().sandbox().mintJwt(claims -> claims.remove("groups"));

    assertThat(anonymous().bearer(token).post(ROTATE, OKTA).status()).isEqualTo(403);
    assertThat(anonymous().bearer(token).get("/api/v1/credentials").body().at("/items").isEmpty())
        .isTrue();
  }

  @Test
  void tokenThatTheIssuerDidNotSignIsRefused() {
    String[] parts = surroundings().sandbox().mintJwt(_ -> {}).split("\\.", -1);
    String notSigned = "The signature of the access token is not its issuer's.";
    String noJwt = "The access token is not a JWT.";

    isRefused(
        "eyJhbGciOiJub25lIn0." + parts[1] + ".",
        "The access token is not signed: its alg is none.");
    isRefused(parts[0] + "." + parts[1] + ".AAAA", notSigned);
    isRefused(
        "eyJhbGciOiJjYW5hcnkifQ." + parts[1] + "." + parts[2],
        "Rekey does not accept the alg of the access token from its issuer.");
    isRefused("canary", noJwt);
    isRefused("a.canary.c", noJwt);
    isRefused(
        "canary canary", "The Authorization header has to be Bearer, a space and an access token.");
  }

  private void isRefused(String token, String reason) {
    isRefused(anonymous().bearer(token).post(ROTATE, OKTA), reason);
  }

  @Test
  void onlyHealthAndMetricsAreOpenOnTheManagementPort() {
    assertThat(management().get("/actuator/health/readiness").status()).isEqualTo(200);
    assertThat(management().get("/actuator/prometheus").status()).isEqualTo(200);
    for (String endpoint : List.of("env", "heapdump", "loggers", "beans", "configprops")) {
      assertThat(management().get("/actuator/" + endpoint).status()).isIn(401, 404);
    }
  }

  private static List<String> subjects(Answer answer) {
    return answer
        .body()
        .at("/items")
        .valueStream()
        .map(row -> row.at("/subject").asString(""))
        .toList();
  }
}
