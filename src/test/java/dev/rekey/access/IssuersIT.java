package dev.rekey.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import dev.rekey.RekeyIT;
import dev.rekey.access.issuer.TestIssuer;
import dev.rekey.access.issuer.TestIssuer.SigningKey;
import dev.rekey.run.Http.Answer;
import dev.rekey.run.Scrape;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.env.MapPropertySource;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.ContextConfiguration;

/** The company's issuer, which is the sandbox, GitHub's and the cluster's, over HTTP. */
@ContextConfiguration(initializers = IssuersIT.Several.class)
@DirtiesContext
class IssuersIT extends RekeyIT {

  private static final String GITHUB = "https://token.actions.githubusercontent.com";
  private static final String SHOP = "repo:acme/shop:ref:refs/heads/main";
  private static final String ROTATOR = "system:serviceaccount:payments:rotator";
  private static final TestIssuer GITHUB_KEYS = TestIssuer.start();
  private static final TestIssuer CLUSTER = TestIssuer.start();
  private static final SigningKey GITHUB_KEY = GITHUB_KEYS.publish("key", JWSAlgorithm.RS256);
  private static final SigningKey CLUSTER_KEY = CLUSTER.publish("key", JWSAlgorithm.ES256);

  /** Overrides the superclass. */
  static class Several
      implements ApplicationContextInitializer<ConfigurableApplicationContext>, Ordered {

    @Override
    public void initialize(ConfigurableApplicationContext context) {
      var github = "rekey.access.issuers[0].";
      var cluster = "rekey.access.issuers[1].";
      var grants = "rekey.access.grants";
      Map<String, Object> settings =
          Map.ofEntries(
              Map.entry(github + "name", "github"),
              Map.entry(github + "issuer-uri", GITHUB),
              Map.entry(github + "jwk-set-uri", GITHUB_KEYS.keys()),
              Map.entry(github + "audiences", "rekey"),
              Map.entry(github + "subjects", "repo:acme/*"),
              Map.entry(github + "team-claims", "repository"),
              Map.entry(github + "person-claim", "actor_type=user"),
              Map.entry(github + "scopes", "credentials:read,credentials:write,audit:read"),
              Map.entry(cluster + "name", "cluster"),
              Map.entry(cluster + "issuer-uri", CLUSTER.url()),
              Map.entry(cluster + "audiences", "rekey"),
              Map.entry(cluster + "subjects", "system:serviceaccount:payments:*"),
              Map.entry(cluster + "team-claims", "kubernetes.io.namespace"),
              Map.entry(cluster + "scopes", "credentials:read"),
              Map.entry(grants + "[0].team", "payments"),
              Map.entry(grants + "[0].subjects", OKTA_SUBJECT),
              Map.entry(grants + "[1].team", "acme/shop"),
              Map.entry(grants + "[1].issuer", "github"),
              Map.entry(grants + "[1].subjects", OKTA_SUBJECT),
              Map.entry(grants + "[2].team", "payments"),
              Map.entry(grants + "[2].issuer", "cluster"),
              Map.entry(grants + "[2].subjects", "organizations/acme/service-accounts/checkout"));
      context
          .getEnvironment()
          .getPropertySources()
          .addFirst(new MapPropertySource("several", settings));
    }

    @Override
    public int getOrder() {
      return LOWEST_PRECEDENCE;
    }
  }

  @AfterAll
  static void stop() {
    GITHUB_KEYS.close();
    CLUSTER.close();
  }

  @Test
  void jobRotatesWithoutAStoredSecretAndTheHistoryNamesItsIssuer() {
    assertThat(anonymous().bearer(github(_ -> {})).post(ROTATE, OKTA).status()).isEqualTo(200);

    assertThat(
            query("select actor_id, actor_team from audit_event where request_id = ?", requestId))
        .isNotEmpty()
        .allSatisfy(
            row ->
                assertThat(row)
                    .containsEntry("actor_id", "github:" + SHOP)
                    .containsEntry("actor_team", "github:acme/shop"));
    Answer found =
        anonymous()
            .bearer(github(_ -> {}))
            .get("/api/v1/audit-events?limit=500&team=github:acme/shop&actor=github:" + SHOP);
    assertThat(found.body().at("/items").isEmpty()).isFalse();
  }

  @Test
  void requestsOfAPersonHaveTheirOwnKindOfActor() {
    String person = github(claims -> claims.put("actor_type", "user"));

    assertThat(anonymous().bearer(person).post(ROTATE, OKTA).status()).isEqualTo(200);

    assertThat(query("select distinct actor_kind from audit_event where request_id = ?", requestId))
        .containsExactly(Map.of("actor_kind", "person"));
    assertThat(query("select actor_kind from rotation where request_id = ?", requestId))
        .containsExactly(Map.of("actor_kind", "person"));
    Answer found = anonymous().bearer(person).get("/api/v1/audit-events?limit=1");
    assertThat(found.text("/items/0/actor/kind")).isEqualTo("person");
  }

  @Test
  void serviceAccountReadsWithItsNamespaceAsTeam() {
    String token = CLUSTER_KEY.sign(cluster("payments", ROTATOR));

    assertThat(anonymous().bearer(token).get(CHECKOUT).status()).isEqualTo(200);
    assertThat(anonymous().bearer(token).post(CHECKOUT, "{\"name\":\"a\"}").text("/type"))
        .isEqualTo("/problems/insufficient-scope");
    assertThat(anonymous().bearer(token).get("/api/v1/apps/crm/connectors/okta/credentials/x"))
        .satisfies(denied -> assertThat(denied.status()).isEqualTo(403));
  }

  @Test
  void callersWithTheSameSubAtTwoIssuersHaveTheirOwnIdempotencyKeys() {
    String company = surroundings().sandbox().mintJwt(claims -> claims.put("sub", SHOP));
    String key = UUID.randomUUID().toString();

    for (String token : List.of(company, github(_ -> {}))) {
      Answer rotated = anonymous().bearer(token).with("Idempotency-Key", key).post(ROTATE, OKTA);
      assertThat(rotated.status()).as(rotated.raw().body()).isEqualTo(200);
    }
    assertThat(control().mints()).hasSize(2);
  }

  @Test
  void callerOfTheCompanyCannotPretendToBeOneOfAnotherIssuer() {
    String caller = surroundings().sandbox().mintJwt(claims -> claims.put("sub", "github:" + SHOP));
    String team =
        surroundings()
            .sandbox()
            .mintJwt(claims -> claims.put("groups", List.of("github:acme/shop")));

    isRefused(caller, "Rekey does not accept the sub of this access token from its issuer.");
    assertThat(anonymous().bearer(team).post(ROTATE, OKTA).text("/detail"))
        .startsWith("Your access token names no team in groups");
  }

  @Test
  void teamOfTheSameNameAtAnotherIssuerHasNoGrant() {
    String token = github(claims -> claims.put("repository", "payments"));

    Answer denied = anonymous().bearer(token).post(ROTATE, OKTA);

    assertThat(denied.text("/type")).isEqualTo("/problems/no-grant");
    assertThat(denied.text("/detail")).contains("[github:payments]");
    assertThat(control().mints()).isEmpty();
  }

  @Test
  void onlyListedIssuersAudiencesAndSubjectsAreTrusted() {
    isRefused(
        github(claims -> claims.put("iss", "https://gitlab.com")),
        "The access token is from another issuer.");
    isRefused(
        github(claims -> claims.put("aud", "https://github.com/acme")),
        "The access token is for another audience: its aud does not contain rekey.");
    isRefused(
        github(claims -> claims.put("sub", "repo:evil/shop:ref:refs/heads/main")),
        "Rekey does not accept the sub of this access token from its issuer.");
    isRefused(
        CLUSTER_KEY.sign(cluster("search", "system:serviceaccount:search:rotator")),
        "Rekey does not accept the sub of this access token from its issuer.");
  }

  @Test
  void keyOfOneIssuerDoesNotSignForAnother() {
    isRefused(
        github(claims -> claims.put("iss", surroundings().sandbox().url().toString())),
        "The issuer of the access token has no key with its kid and alg.");
    isRefused(
        CLUSTER_KEY.sign(githubClaims()),
        "The issuer of the access token has no key with its kid and alg.");
  }

  @Test
  void keysOfEachIssuerHaveMetrics() {
    Scrape scrape = Scrape.of(management());

    for (String issuer : List.of("default", "github", "cluster")) {
      assertThat(scrape.of("rekey_issuer_keys_age_seconds{issuer=\"" + issuer + "\"}"))
          .isBetween(0.0, 60.0);
      assertThat(
              scrape.of(
                  "rekey_issuer_key_fetches_total{issuer=\"" + issuer + "\",outcome=\"failure\"}"))
          .isZero();
    }
  }

  private void isRefused(String token, String reason) {
    Answer answer = anonymous().bearer(token).post(ROTATE, OKTA);
    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.text("/detail"))
        .isEqualTo(reason + " Get a new token and repeat the request.");
    assertThat(control().mints()).isEmpty();
  }

  private static String github(Consumer<Map<String, Object>> change) {
    Map<String, Object> claims = githubClaims();
    change.accept(claims);
    return GITHUB_KEY.sign(claims);
  }

  private static Map<String, Object> githubClaims() {
    Map<String, Object> claims = claims(GITHUB, SHOP);
    claims.put("repository", "acme/shop");
    claims.put("repository_owner", "acme");
    return claims;
  }

  private static Map<String, Object> cluster(String namespace, String subject) {
    Map<String, Object> claims = claims(CLUSTER.url(), subject);
    claims.put("kubernetes.io", Map.of("namespace", namespace));
    return claims;
  }

  private static Map<String, Object> claims(String issuer, String subject) {
    long now = Instant.now().getEpochSecond();
    var claims = new HashMap<String, Object>();
    claims.put("iss", issuer);
    claims.put("sub", subject);
    claims.put("aud", List.of("rekey"));
    claims.put("iat", now);
    claims.put("exp", now + 300);
    return claims;
  }
}
