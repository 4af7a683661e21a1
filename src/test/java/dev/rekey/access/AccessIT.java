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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Who gets where. */
class AccessIT extends RekeyIT {

  private static final String INDEXER = "/organizations/acme/service-accounts/indexer/credentials";

  @Test
  void aTeamWithoutAGrantIsDeniedByNameAndNothingIsSent() {
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
  void whatIsNotGrantedIsDeniedAuditedAndNeverSent(String client, String method, String path) {
    Answer answer = as(client).send(method, path, null);

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.text("/type")).isIn("/problems/no-grant", "/problems/insufficient-scope");
    assertThat(control().calls()).isEmpty();
    assertThat(events()).containsExactly("access.denied");
  }

  @Test
  void whoLacksAScopeIsToldWhich() {
    Answer answer = as("viewer").post(ROTATE, OKTA);

    assertThat(answer.text("/type")).isEqualTo("/problems/insufficient-scope");
    assertThat(answer.text("/scope")).isEqualTo("credentials:write");
    assertThat(answer.body().at("/code").asInt()).isEqualTo(7);
  }

  @Test
  void aGrantToReadIsEnoughToRead() {
    assertThat(as("viewer").get(CHECKOUT).status()).isEqualTo(200);
    assertThat(as("viewer").send("HEAD", CHECKOUT, null).status()).isEqualTo(200);
    assertThat(as("auditor").get(INDEXER).status()).isEqualTo(200);
  }

  @Test
  void anAdminMayWhatItsGrantsCover() {
    assertThat(as("admin").post(ROTATE, OKTA).status()).isEqualTo(200);
  }

  @Test
  void aTeamSeesOnlyItsOwnInventoryAndHistory() {
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
  void anotherTeamsThingsLookLikeNothingButAreADenial() {
    Answer theirs = as("search").post(INDEXER, "{\"name\":\"theirs\"}");
    var missing = as("payments").get("/api/v1/rotations/00000000-0000-7000-8000-000000000000");
    var hidden = as("payments").get("/api/v1/rotations/" + theirs.header("Rekey-Rotation-Id"));

    assertThat(hidden.status()).isEqualTo(404).isEqualTo(missing.status());
    assertThat(hidden.body()).isEqualTo(missing.body());
    assertThat(events()).endsWith("access.denied");
  }

  @Test
  void auditorsAndAdminsSeeEveryTeamsHistory() {
    as("search").post(INDEXER, "{\"name\":\"a\"}");
    as("payments").post(CHECKOUT, "{\"name\":\"b\"}");

    for (String client : List.of("auditor", "admin")) {
      assertThat(subjects(as(client).get("/api/v1/audit-events?limit=500")))
          .contains(
              "organizations/acme/service-accounts/indexer",
              "organizations/acme/service-accounts/checkout");
    }
  }

  @Test
  void withoutATokenNothingOpens() {
    Answer answer = anonymous().post(ROTATE, OKTA);

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.text("/type")).isEqualTo("/problems/unauthenticated");
    assertThat(answer.header("WWW-Authenticate")).startsWith("Bearer");
    assertThat(answer.header("x-should-retry")).isEqualTo("false");
    assertThat(control().calls()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource
  void aTokenThatIsNotForUsIsNotTaken(Consumer<Map<String, Object>> change) {
    String token = surroundings().sandbox().mintJwt(change);

    assertThat(anonymous().bearer(token).get("/api/v1/credentials").status()).isEqualTo(401);
  }

  static Stream<Named<Consumer<Map<String, Object>>>> aTokenThatIsNotForUsIsNotTaken() {
    return Stream.of(
        Named.of("another audience", claims -> claims.put("aud", List.of("somebody-else"))),
        Named.of("no audience", claims -> claims.remove("aud")),
        Named.of("another issuer", claims -> claims.put("iss", "https://evil.example")),
        Named.of("no issuer", claims -> claims.remove("iss")),
        Named.of("expired", claims -> claims.put("exp", Instant.now().minusSeconds(120))),
        Named.of("never expires", claims -> claims.remove("exp")),
        Named.of("not yet valid", claims -> claims.put("nbf", Instant.now().plusSeconds(120))),
        Named.of("nobody's", claims -> claims.remove("sub")));
  }

  @Test
  void theSameTokenWithoutAFaultIsTaken() {
    String token = surroundings().sandbox().mintJwt(_ -> {});

    assertThat(anonymous().bearer(token).get("/api/v1/credentials").status()).isEqualTo(200);
  }

  @Test
  void aTokenWithoutTeamsReachesNothing() {
    String token = surroundings().sandbox().mintJwt(claims -> claims.remove("groups"));

    assertThat(anonymous().bearer(token).post(ROTATE, OKTA).status()).isEqualTo(403);
    assertThat(anonymous().bearer(token).get("/api/v1/credentials").body().at("/items").isEmpty())
        .isTrue();
  }

  @Test
  void anUnsignedTokenIsNotTaken() {
    String[] parts = surroundings().sandbox().mintJwt(_ -> {}).split("\\.", -1);
    String unsigned = "eyJhbGciOiJub25lIn0." + parts[1] + ".";

    assertThat(anonymous().bearer(unsigned).get("/api/v1/credentials").status()).isEqualTo(401);
    assertThat(
            anonymous()
                .bearer(parts[0] + "." + parts[1] + ".AAAA")
                .get("/api/v1/credentials")
                .status())
        .isEqualTo(401);
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
