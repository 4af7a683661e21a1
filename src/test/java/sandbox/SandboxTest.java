package sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static sandbox.SandboxClient.CHECKOUT;
import static sandbox.SandboxClient.NEW_ROTATE;
import static sandbox.SandboxClient.OKTA;
import static sandbox.SandboxClient.OKTA_BODY;

import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import com.standardwebhooks.exceptions.WebhookSigningException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sandbox.SandboxClient.Reply;
import tools.jackson.databind.JsonNode;

class SandboxTest {
  private static Sandbox sandbox;
  private static SandboxClient client;
  private static String c1 = "";
  private static String keycard = "";

  @BeforeAll
  static void start() {
    sandbox = Sandbox.start(0);
    client = new SandboxClient(sandbox);
    signIn();
  }

  @AfterAll
  static void stop() {
    sandbox.close();
  }

  @BeforeEach
  void reset() {
    sandbox.reset();
  }

  // Tokens

  @Test
  void conductorOneClientsGetATokenByPostingTheirSecret() {
    Reply key =
        client.conductorOneToken(
            Sandbox.CONDUCTORONE_CLIENT_ID, Sandbox.CONDUCTORONE_CLIENT_SECRET);

    assertThat(key.status()).isEqualTo(200);
    assertThat(key.text("/token_type")).isEqualTo("Bearer");
    assertThat(key.body().path("expires_in").asInt()).isEqualTo(600);
    assertThat(get(OKTA + "/okta-seed-credential", key.text("/access_token")).status())
        .isEqualTo(200);
  }

  @Test
  void conductorOneRefusesWrongSecretsAndTheAuthorizationHeader() {
    Reply wrong = client.conductorOneToken(Sandbox.CONDUCTORONE_PLAIN_CLIENT_ID, "wrong");
    Reply basic =
        client.form(
            "/conductorone/auth/v1/token",
            SandboxClient.basic(
                Sandbox.CONDUCTORONE_PLAIN_CLIENT_ID, Sandbox.CONDUCTORONE_PLAIN_CLIENT_SECRET),
            Map.of("grant_type", "client_credentials"));
    Reply otherGrant =
        client.form("/conductorone/auth/v1/token", null, Map.of("grant_type", "password"));

    assertThat(wrong.status()).isEqualTo(401);
    assertThat(wrong.text("/error")).isEqualTo("invalid_client");
    assertThat(basic.text("/error")).isEqualTo("invalid_client");
    assertThat(otherGrant.text("/error")).isEqualTo("unsupported_grant_type");
    assertThat(client.look("calls").get(0).path("authenticated").asBoolean()).isFalse();
  }

  @Test
  void assertionAudienceMayBeTextOrList() {
    assertThat(client.conductorOneToken(Assertion.ofRekey()).status()).isEqualTo(200);
    assertThat(client.conductorOneToken(Assertion.ofRekey().with("aud", "localhost")).status())
        .isEqualTo(200);
  }

  @Test
  void assertionWithAnyFlawIsRefused() {
    long now = Instant.now().getEpochSecond();
    String stranger = rotate().text("/credential/clientSecret");
    List<Assertion> flawed =
        List.of(
            Assertion.ofRekey().signedBy(stranger),
            Assertion.ofRekey().withNonce("short"),
            Assertion.ofRekey().withAlgorithm("HS256"),
            Assertion.ofRekey().with("aud", sandbox.url().toString()),
            Assertion.ofRekey().with("aud", "localhost:" + sandbox.port()),
            Assertion.ofRekey().with("iss", "someone@localhost/spc"),
            Assertion.ofRekey().with("sub", "someone@localhost/spc"),
            Assertion.ofRekey().with("exp", now - 1),
            Assertion.ofRekey().with("exp", now + 400),
            Assertion.ofRekey().with("nbf", now + 60));

    assertThat(flawed)
        .allSatisfy(
            assertion -> {
              Reply reply = client.conductorOneToken(assertion);
              assertThat(reply.status()).isEqualTo(401);
              assertThat(reply.text("/error")).isEqualTo("invalid_client");
            });
  }

  @Test
  void nonceIsAcceptedOnce() {
    Assertion assertion = Assertion.ofRekey();

    assertThat(client.conductorOneToken(assertion).status()).isEqualTo(200);
    assertThat(client.conductorOneToken(assertion).status()).isEqualTo(401);
  }

  @Test
  void keycardAcceptsBasicOrFormButNotBothAndNoWrongSecret() {
    Map<String, String> inForm =
        Map.of(
            "grant_type", "client_credentials",
            "client_id", Sandbox.KEYCARD_CLIENT_ID,
            "client_secret", Sandbox.KEYCARD_CLIENT_SECRET);
    String path = "/keycard/service-account-token";

    assertThat(client.form(path, null, inForm).body().path("expires_in").asInt()).isEqualTo(3600);
    assertThat(client.form(path, SandboxClient.basic("rekey", "x"), inForm).status())
        .isEqualTo(400);
    assertThat(client.keycardToken("rekey", "wrong").status()).isEqualTo(401);
    assertThat(client.keycardToken("nobody", "wrong").text("/error")).isEqualTo("invalid_client");
  }

  @Test
  void mintedCredentialGetsTokenWithoutManagementRightsAndIsMarkedUsed() {
    Reply rotated = rotate();
    String clientId = rotated.text("/credential/clientId");
    String secret = rotated.text("/credential/clientSecret");

    Reply posted = client.conductorOneToken(clientId, secret);
    Reply signed = client.conductorOneToken(Assertion.of(clientId, secret));
    Reply forbidden = client.post(NEW_ROTATE, posted.text("/access_token"), OKTA_BODY);

    assertThat(signed.status()).isEqualTo(200);
    assertThat(forbidden.status()).isEqualTo(403);
    assertThat(forbidden.body().path("code").asInt()).isEqualTo(7);
    assertThat(get(OKTA + "/" + rotated.text("/credential/id"), c1).text("/credential/lastUsedAt"))
        .isNotEmpty();
  }

  @Test
  void mintedKeycardCredentialGetsToken() {
    Reply created = create("one", null);

    Reply token = client.keycardToken(created.text("/client_id"), created.text("/client_secret"));

    assertThat(token.status()).isEqualTo(200);
    assertThat(get(CHECKOUT, token.text("/access_token")).status()).isEqualTo(403);
    assertThat(get(CHECKOUT + "/" + created.text("/id"), keycard).text("/last_used_at"))
        .isNotEmpty();
  }

  @Test
  void revokedTokenIsUnauthenticated() {
    String token = newToken();

    client.control("revoke-tokens", "");
    Reply reply = client.post(NEW_ROTATE, token, OKTA_BODY);
    Reply atKeycard = get(CHECKOUT, keycard);
    signIn();

    assertThat(reply.status()).isEqualTo(401);
    assertThat(reply.body().path("code").asInt()).isEqualTo(16);
    assertThat(atKeycard.text("/code")).isEqualTo("unauthorized");
    assertThat(client.look("mints")).isEmpty();
  }

  @Test
  void revokedTokensAreValidAgainAfterAReset() {
    String token = newToken();
    client.control("revoke-tokens", "");

    client.control("reset", "");

    assertThat(client.post(NEW_ROTATE, token, OKTA_BODY).status()).isEqualTo(200);
    assertThat(get(CHECKOUT, keycard).status()).isEqualTo(200);
  }

  /** A token of ConductorOne. */
  private static String newToken() {
    return client
        .conductorOneToken(
            Sandbox.CONDUCTORONE_PLAIN_CLIENT_ID, Sandbox.CONDUCTORONE_PLAIN_CLIENT_SECRET)
        .text("/access_token");
  }

  private static void signIn() {
    c1 = newToken();
    keycard =
        client
            .keycardToken(Sandbox.KEYCARD_CLIENT_ID, Sandbox.KEYCARD_CLIENT_SECRET)
            .text("/access_token");
  }

  // ConductorOne

  @Test
  void rotateReturnsNewerFormatAndReplacesOldCredential() {
    Reply first = rotate();
    Reply second = rotate();

    assertThat(first.status()).isEqualTo(200);
    assertThat(first.text("/credential/clientId")).endsWith("@localhost/cnc");
    assertThat(first.text("/credential/clientSecret"))
        .startsWith("secret-token:conductorone.com:v1:");
    assertThat(first.text("/credential/createdAt"))
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}Z");
    assertThat(Instant.parse(first.text("/credential/expiresTime")))
        .isEqualTo(Instant.parse(first.text("/credential/createdAt")).plus(Duration.ofDays(90)));
    assertThat(first.body().at("/credential/displayName").asString()).isEmpty();
    assertThat(first.body().at("/credential/lastUsedAt").isNull()).isTrue();
    assertThat(valid(first)).isFalse();
    assertThat(valid(second)).isTrue();
    assertThat(liveOf("apps/crm/connectors/okta")).hasSize(1);
  }

  @Test
  void rotateByOldPathReturnsSecretNextToCredential() {
    Reply reply = client.post(OKTA, c1, "{\"appId\":\"ignored\"}");

    assertThat(reply.body().path("credential").has("clientSecret")).isFalse();
    assertThat(client.verify(reply.text("/credential/clientId"), reply.text("/clientSecret")))
        .isTrue();
  }

  @Test
  void additiveModeKeepsOldCredential() {
    client.control("mode", "{\"conductorone\":\"additive\"}");

    Reply first = rotate();
    Reply second = rotate();

    assertThat(valid(first)).isTrue();
    assertThat(valid(second)).isTrue();
    assertThat(liveOf("apps/crm/connectors/okta")).hasSize(3);
  }

  @Test
  void conductorOneBodiesAreStrict() {
    String snake = "{\"app_id\":\"crm\",\"connector_id\":\"okta\"}";

    assertThat(client.post(NEW_ROTATE, c1, snake).status()).isEqualTo(200);
    for (String body : List.of("{\"appId\":\"crm\",\"x\":1}", "[]", "{", "{\"appId\":7}")) {
      Reply refused = client.post(NEW_ROTATE, c1, body);
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.body().path("code").asInt()).isEqualTo(3);
      assertThat(refused.body().path("details").isArray()).isTrue();
    }
    Reply unknown = client.post(NEW_ROTATE, c1, "{\"appId\":\"crm\",\"connectorId\":\"nope\"}");
    assertThat(unknown.status()).isEqualTo(404);
    assertThat(unknown.body().path("code").asInt()).isEqualTo(5);
    assertThat(client.look("mints")).hasSize(1);
  }

  @Test
  void revokedConnectorCredentialIsReadableWithDeletionTime() {
    String path = OKTA + "/okta-seed-credential";
    assertThat(get(path, c1).body().at("/credential/deletedAt").isNull()).isTrue();
    assertThat(get(path, c1).body().at("/credential/clientSecret").isString()).isTrue();

    Reply revoked = client.post(path, c1, "{}");

    assertThat(revoked.body()).isEmpty();
    assertThat(get(path, c1).text("/credential/deletedAt")).isNotEmpty();
    assertThat(client.post(path, c1, "").status()).isEqualTo(200);
    assertThat(client.post(OKTA + "/nope", c1, "{}").status()).isEqualTo(404);
    assertThat(get(OKTA.replace("okta", "github") + "/okta-seed-credential", c1).status())
        .isEqualTo(404);
  }

  // Keycard

  @Test
  void keycardCreatesReadsUpdatesAndDeletes() {
    Reply created = create("deploy", "for CI");
    String path = CHECKOUT + "/" + created.text("/id");

    Reply updated = client.method("PATCH", path, keycard, "{\"name\":\"deploy-2\"}");
    Reply read = get(path.replace("/acme/", "/acme-corp/"), keycard);
    Reply deleted = client.method("DELETE", path, keycard, "");

    assertThat(created.status()).isEqualTo(201);
    assertThat(created.text("/id")).matches("[0-9a-z]{26}");
    assertThat(created.text("/client_id")).hasSize(21);
    assertThat(created.text("/client_secret")).hasSize(64);
    assertThat(created.text("/created_at")).matches(".*T\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
    assertThat(updated.text("/description")).isEqualTo("for CI");
    assertThat(read.text("/name")).isEqualTo("deploy-2");
    assertThat(read.body().has("client_secret")).isFalse();
    assertThat(read.body().has("last_used_at")).isFalse();
    assertThat(deleted.status()).isEqualTo(204);
    assertThat(client.method("DELETE", path, keycard, "").status()).isEqualTo(404);
    assertThat(get(path, keycard).text("/code")).isEqualTo("not_found");
    assertThat(client.verify(created.text("/client_id"), created.text("/client_secret"))).isFalse();
  }

  @Test
  void keycardBodiesAreStrict() {
    assertThat(client.post(CHECKOUT, keycard, "{}").status()).isEqualTo(422);
    assertThat(create("n".repeat(256), null).status()).isEqualTo(422);
    assertThat(create("n", "d".repeat(501)).status()).isEqualTo(422);
    assertThat(client.post(CHECKOUT, keycard, "{\"name\":\"n\",\"x\":1}").status()).isEqualTo(400);
    assertThat(client.post(CHECKOUT, keycard, "nonsense").status()).isEqualTo(400);
    assertThat(
            client
                .method(
                    "PATCH", CHECKOUT + "/checkoutseedcredential0001", keycard, "{\"id\":\"x\"}")
                .status())
        .isEqualTo(400);
    assertThat(client.look("mints")).isEmpty();
  }

  @Test
  void pagingListsEachCredentialOnceForwardsAndBackwards() {
    client.control("seed", "{\"serviceAccount\":\"checkout\",\"credentials\":250}");

    Set<String> seen = new LinkedHashSet<>();
    Reply page = get(CHECKOUT + "?limit=100", keycard);
    int pages = 1;
    while (page.body().at("/page_info/has_next_page").asBoolean()) {
      addIds(seen, page);
      page = get(CHECKOUT + "?limit=100&after=" + page.text("/page_info/end_cursor"), keycard);
      pages++;
    }
    addIds(seen, page);
    Reply back =
        get(CHECKOUT + "?limit=100&before=" + page.text("/page_info/start_cursor"), keycard);

    assertThat(seen).hasSize(251).last().isEqualTo("checkoutseedcredential0001");
    assertThat(pages).isEqualTo(3);
    assertThat(page.body().path("items")).hasSize(51);
    assertThat(back.body().path("items").get(99).path("id").asString())
        .isEqualTo(new ArrayList<>(seen).get(199));
    assertThat(back.body().at("/page_info/has_prev_page").asBoolean()).isTrue();
    assertThat(get(CHECKOUT, keycard).body().path("items")).hasSize(20);
    assertThat(client.look("mints")).isEmpty();
  }

  private static void addIds(Set<String> seen, Reply page) {
    page.body().path("items").forEach(item -> seen.add(item.path("id").asString()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "page=2",
        "limit=0",
        "limit=101",
        "limit=x",
        "limit=1&limit=2",
        "after=x",
        "after=",
        "before=Y3Vyc29yOm90aGVyOjE",
        "after=x&before=y"
      })
  void keycardQueriesAreStrict(String query) {
    Reply refused = get(CHECKOUT + "?" + query, keycard);

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.body().path("status").asInt()).isEqualTo(400);
    assertThat(refused.text("/message")).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "expand=permissions",
        "expand=total_count&expand=permissions",
        "expand=permissions,total_count",
        "expand%5B%5D=permissions&expand%5B%5D=anything"
      })
  void keycardTakesEverySpellingOfExpandAndIgnoresWhatItDoesNotUse(String query) {
    Reply list = get(CHECKOUT + "?" + query, keycard);

    assertThat(list.body().at("/permissions/organizations/read").asBoolean()).isTrue();
    assertThat(list.body().has("pagination")).isFalse();
  }

  @Test
  void keycardFindsEachPartOfANameOrDescription() {
    assertThat(get(CHECKOUT + "?query=CHECK&query=out", keycard).body().path("items")).hasSize(1);
    assertThat(get(CHECKOUT + "?query=check&query=x,y", keycard).body().path("items")).isEmpty();
  }

  @Test
  void expansionsAppearOnlyOnRequest() {
    Reply plain = get(CHECKOUT, keycard);
    Reply expanded = get(CHECKOUT + "?expand%5B%5D=permissions&expand%5B%5D=total_count", keycard);
    Reply one = get(CHECKOUT + "/checkoutseedcredential0001?expand%5B%5D=permissions", keycard);

    assertThat(plain.body().has("permissions")).isFalse();
    assertThat(expanded.body().at("/permissions/organizations/read").asBoolean()).isTrue();
    assertThat(expanded.body().at("/items/0/permissions/organizations/update").asBoolean())
        .isTrue();
    assertThat(one.body().at("/permissions/organizations/read").asBoolean()).isTrue();
    assertThat(one.text("/last_used_at")).isNotEmpty();
  }

  @Test
  void organizationsAndServiceAccountsAreFound() {
    client.control("seed", "{\"serviceAccounts\":3,\"credentialsEach\":2}");
    String accounts = "/keycard/organizations/acme/service-accounts";

    Reply list = get(accounts + "?limit=4", keycard);

    assertThat(list.body().path("items").findValuesAsString("id"))
        .containsExactly("sa-0003", "sa-0002", "sa-0001", "indexer");
    assertThat(list.body().at("/page_info/has_next_page").asBoolean()).isTrue();
    assertThat(get(accounts + "/sa-0002", keycard).text("/name")).isEqualTo("sa-0002");
    assertThat(get(accounts + "/sa-0002/credentials", keycard).body().path("items")).hasSize(2);
    assertThat(get("/keycard/organizations/acme-corp", keycard).text("/id")).isEqualTo("acme");
    assertThat(get("/keycard/organizations/other", keycard).status()).isEqualTo(404);
    assertThat(get(accounts + "/other/credentials", keycard).status()).isEqualTo(404);
  }

  // Faults

  @Test
  void statusFaultUsesUpstreamFormatAsOftenAsRequested() {
    client.fault(
        "conductorone", "rotate", "status", ",\"status\":429,\"retryAfter\":7,\"times\":2");
    client.fault("keycard", "create", "status", ",\"status\":503,\"times\":1");
    client.fault("keycard", "token", "status", ",\"status\":503,\"times\":1");

    Reply limited = rotate();

    assertThat(limited.status()).isEqualTo(429);
    assertThat(limited.raw().headers().firstValue("Retry-After")).hasValue("7");
    assertThat(limited.body().path("code").asInt()).isEqualTo(8);
    assertThat(rotate().status()).isEqualTo(429);
    assertThat(client.look("mints")).isEmpty();
    assertThat(rotate().status()).isEqualTo(200);
    assertThat(create("n", null).text("/code")).isEqualTo("service_unavailable");
    assertThat(client.keycardToken("rekey", Sandbox.KEYCARD_CLIENT_SECRET).text("/error"))
        .isEqualTo("temporarily_unavailable");
  }

  @Test
  void faultCountIsExactUnderConcurrency() throws Exception {
    client.fault("keycard", "create", "status", ",\"status\":500,\"times\":40");

    List<Integer> statuses = together(200, () -> create("n", null).status());

    assertThat(statuses).filteredOn(status -> status == 500).hasSize(40);
    assertThat(statuses).filteredOn(status -> status == 201).hasSize(160);
    assertThat(client.look("mints")).hasSize(160);
    assertThat(liveOf("organizations/acme/service-accounts/checkout")).hasSize(161);
  }

  @Test
  void faultsQueueUntilTheyAreCleared() {
    client.fault("conductorone", "get", "status", ",\"status\":500,\"times\":1");
    client.fault("conductorone", "get", "status", ",\"status\":502");
    String path = OKTA + "/okta-seed-credential";

    assertThat(get(path, c1).status()).isEqualTo(500);
    assertThat(get(path, c1).status()).isEqualTo(502);
    assertThat(get(path, c1).status()).isEqualTo(502);
    client.method("DELETE", "/control/faults", null, "");
    assertThat(get(path, c1).status()).isEqualTo(200);
  }

  @Test
  void exactlyTheListedFaultsAreAccepted() {
    List<String> listed = client.look("faults").valueStream().map(SandboxTest::faultOrder).toList();

    assertThat(listed).contains(faultOrder("keycard", "list", "stale")).doesNotHaveDuplicates();
    for (String upstream : List.of("conductorone", "keycard")) {
      for (String operation : List.of("token", "rotate", "create", "get", "list", "unknown")) {
        for (String fault :
            List.of("status", "hang", "reset-after", "late", "stale", "no-secret")) {
          String order = faultOrder(upstream, operation, fault);
          assertThat(client.control("faults", order).status())
              .as(order)
              .isEqualTo(listed.contains(order) ? 200 : 400);
        }
      }
    }
  }

  private static String faultOrder(JsonNode offer) {
    return faultOrder(
        offer.at("/upstream").asString(),
        offer.at("/operation").asString(),
        offer.at("/fault").asString());
  }

  private static String faultOrder(String upstream, String operation, String fault) {
    return """
    {"upstream":"%s","operation":"%s","fault":"%s","status":500,"delayMs":1,"times":1}
    """
        .formatted(upstream, operation, fault);
  }

  @Test
  void delayedCallTakesEffectAfterDelay() {
    client.fault("conductorone", "rotate", "delay", ",\"delayMs\":300,\"times\":1");

    Instant begin = Instant.now();
    Reply reply = rotate();

    assertThat(Duration.between(begin, Instant.now())).isGreaterThan(Duration.ofMillis(290));
    assertThat(valid(reply)).isTrue();
  }

  @Test
  void resetCutsOffHangingCallWithoutEffect() throws Exception {
    client.fault("conductorone", "rotate", "hang", "");
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Reply> hanging = executor.submit(SandboxTest::rotate);
      await().until(() -> client.look("calls").size() == 1);
      assertThat(hanging).isNotDone();

      sandbox.reset();

      assertThatThrownBy(hanging::get).hasRootCauseInstanceOf(IOException.class);
      assertThat(client.look("mints")).isEmpty();
    }
  }

  @Test
  void closeDoesNotWaitForHangingCall() throws Exception {
    Sandbox other = Sandbox.start(0);
    var otherClient = new SandboxClient(other);
    otherClient.fault("keycard", "token", "hang", "");
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Reply> hanging =
          executor.submit(() -> otherClient.keycardToken("rekey", Sandbox.KEYCARD_CLIENT_SECRET));
      await().until(() -> otherClient.look("calls").size() == 1);

      Instant begin = Instant.now();
      other.close();

      assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(3));
      assertThatThrownBy(hanging::get).isInstanceOf(ExecutionException.class);
    }
  }

  @Test
  void resetBeforeHasNoEffectAndNoHttpResponse() {
    client.fault("conductorone", "rotate", "reset-before", ",\"times\":1");

    assertThatThrownBy(SandboxTest::rotate).isInstanceOf(UncheckedIOException.class);
    assertThat(client.look("mints")).isEmpty();
    assertThat(rotate().status()).isEqualTo(200);
  }

  @Test
  void resetAfterTakesEffectOnce() {
    client.fault("keycard", "create", "reset-after", ",\"times\":1");

    assertThatThrownBy(() -> create("lost", "note")).isInstanceOf(UncheckedIOException.class);

    JsonNode mints = client.look("mints");
    assertThat(mints).hasSize(1);
    assertThat(mints.get(0).path("subject").asString())
        .isEqualTo("organizations/acme/service-accounts/checkout");
    assertThat(mints.get(0).path("description").asString()).isEqualTo("note");
  }

  @Test
  void lateCallTakesEffectAfterConnectionReset() {
    client.fault("conductorone", "rotate", "late", ",\"delayMs\":1000,\"times\":1");

    assertThatThrownBy(SandboxTest::rotate).isInstanceOf(UncheckedIOException.class);

    assertThat(client.look("mints")).isEmpty();
    await().atMost(Duration.ofSeconds(5)).until(() -> client.look("mints").size() == 1);
  }

  @Test
  void clientSeesTcpResetImmediately() throws Exception {
    client.fault("keycard", "list", "reset-before", ",\"times\":1");
    Instant begin = Instant.now();
    try (Socket socket = new Socket("localhost", sandbox.port())) {
      socket.setSoTimeout(5000);
      String request =
          "GET %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n"
              .formatted(CHECKOUT, keycard);
      socket.getOutputStream().write(request.getBytes(UTF_8));

      assertThatThrownBy(() -> socket.getInputStream().read())
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");
    }
    assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofMillis(900));
  }

  @Test
  void fiveHundredNormalCallsShareOneConnection() throws IOException {
    byte[] request =
        "GET %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n"
            .formatted(CHECKOUT + "/checkoutseedcredential0001", keycard)
            .getBytes(UTF_8);
    try (Socket socket = new Socket("localhost", sandbox.port())) {
      for (int i = 0; i < 500; i++) {
        socket.getOutputStream().write(request);
        assertThat(RawHttp.body(socket.getInputStream())).startsWith("{").endsWith("}");
      }
    }
  }

  @Test
  void staleListShowsPastState() {
    Reply created = create("new", null);
    client.method("DELETE", CHECKOUT + "/checkoutseedcredential0001", keycard, "");
    client.fault("keycard", "list", "stale", ",\"delayMs\":60000,\"times\":1");

    List<String> stale = get(CHECKOUT, keycard).body().path("items").findValuesAsString("id");
    List<String> fresh = get(CHECKOUT, keycard).body().path("items").findValuesAsString("id");

    assertThat(stale).containsExactly("checkoutseedcredential0001");
    assertThat(fresh).containsExactly(created.text("/id"));
  }

  @Test
  void garbageAndHugeResponsesTakeEffect() {
    client.fault("conductorone", "rotate", "garbage", ",\"times\":1");
    client.fault("keycard", "create", "huge", ",\"times\":1");

    Reply garbage = rotate();
    Reply huge = create("n", null);

    assertThat(garbage.status()).isEqualTo(200);
    assertThat(garbage.raw().headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(garbage.body().isMissingNode()).isTrue();
    assertThat(huge.raw().body()).hasSizeGreaterThan(10 * 1024 * 1024);
    assertThat(huge.text("/client_secret")).hasSize(64);
    assertThat(client.look("mints")).hasSize(2);
  }

  @Test
  void noSecretFaultOmitsSecret() {
    client.fault("conductorone", "rotate", "no-secret", ",\"times\":2");
    client.fault("keycard", "create", "no-secret", ",\"times\":1");

    Reply newer = rotate();
    Reply older = client.post(OKTA, c1, "{}");
    Reply created = create("n", null);

    assertThat(newer.body().at("/credential/clientSecret").asString("?")).isEmpty();
    assertThat(newer.text("/credential/id")).isNotEmpty();
    assertThat(older.body().path("clientSecret").asString("?")).isEmpty();
    assertThat(created.body().has("client_secret")).isFalse();
    assertThat(client.look("mints")).hasSize(3);
  }

  @Test
  void proxyFaultReturnsHtml404() {
    client.fault("conductorone", "rotate", "no-backend", ",\"times\":1");

    Reply answer = rotate();

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.raw().body()).startsWith("<html>");
    assertThat(client.look("mints")).isEmpty();
  }

  @Test
  void followedRedirectIsRecordedWithItsToken() {
    client.fault("conductorone", "rotate", "redirect", ",\"times\":1");

    Reply redirect = rotate();
    String location = redirect.raw().headers().firstValue("Location").orElse("");
    client.get("/control/redirected", "some-token");

    assertThat(redirect.status()).isEqualTo(302);
    assertThat(location).isEqualTo(sandbox.url() + "/control/redirected");
    JsonNode trapped = client.look("calls").get(1);
    assertThat(trapped.path("operation").asString()).isEqualTo("redirected");
    assertThat(trapped.path("authenticated").asBoolean()).isTrue();
    assertThat(client.look("mints")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{",
        "{\"upstream\":\"github\",\"operation\":\"rotate\",\"fault\":\"hang\"}",
        "{\"upstream\":\"keycard\",\"operation\":\"rotate\",\"fault\":\"hang\"}",
        "{\"upstream\":\"keycard\",\"operation\":\"create\",\"fault\":\"explode\"}",
        "{\"upstream\":\"keycard\",\"operation\":\"create\",\"fault\":\"delay\"}",
        "{\"upstream\":\"keycard\",\"operation\":\"create\",\"fault\":\"status\"}",
        "{\"upstream\":\"keycard\",\"operation\":\"create\",\"fault\":\"hang\",\"times\":0}",
        "{\"upstream\":\"keycard\",\"operation\":\"token\",\"fault\":\"no-secret\"}",
        "{\"upstream\":\"keycard\",\"operation\":\"create\",\"fault\":\"hang\",\"often\":1}"
      })
  void aFaultThatMakesNoSenseIsRefused(String order) {
    Reply refused = client.control("faults", order);

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.text("/error")).isNotEmpty();
  }

  // Control

  @Test
  void seedIsValidAndNotAMint() {
    assertThat(client.look("mints")).isEmpty();
    assertThat(client.look("credentials").findValuesAsString("credentialId"))
        .containsExactly(
            "okta-seed-credential",
            "github-seed-credential",
            "checkoutseedcredential0001",
            "indexerseedcredential00001");
  }

  @Test
  void touchSetsLastUsedAndVerifyDoesNot() {
    Reply rotated = rotate();
    String id = rotated.text("/credential/id");

    assertThat(valid(rotated)).isTrue();
    assertThat(get(OKTA + "/" + id, c1).body().at("/credential/lastUsedAt").isNull()).isTrue();

    Reply touched = client.control("touch", "{\"credentialId\":\"" + id + "\"}");

    assertThat(touched.text("/lastUsedAt")).isNotEmpty();
    assertThat(get(OKTA + "/" + id, c1).text("/credential/lastUsedAt")).isNotEmpty();
    assertThat(client.control("touch", "{\"credentialId\":\"nope\"}").status()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"conductorone", "keycard"})
  void rekeysOwnSecretCanBeReplacedAtOnceOrByAndBy(String upstream) {
    String first = ownSecret(upstream, 60_000);
    boolean bothGood = hasToken(upstream, first) && hasToken(upstream, original(upstream));
    String second = ownSecret(upstream, 0);

    assertThat(bothGood).isTrue();
    assertThat(hasToken(upstream, second)).isTrue();
    assertThat(hasToken(upstream, first)).isFalse();
    sandbox.reset();
    assertThat(hasToken(upstream, original(upstream))).isTrue();
  }

  private static String ownSecret(String upstream, long formerLivesMs) {
    return client
        .control(
            "own-secret",
            "{\"upstream\":\"%s\",\"formerLivesMs\":%d}".formatted(upstream, formerLivesMs))
        .text("/clientSecret");
  }

  private static String original(String upstream) {
    return upstream.equals("keycard")
        ? Sandbox.KEYCARD_CLIENT_SECRET
        : Sandbox.CONDUCTORONE_CLIENT_SECRET;
  }

  private static boolean hasToken(String upstream, String secret) {
    Reply reply =
        upstream.equals("keycard")
            ? client.keycardToken(Sandbox.KEYCARD_CLIENT_ID, secret)
            : client.conductorOneToken(Sandbox.CONDUCTORONE_CLIENT_ID, secret);
    return reply.status() == 200;
  }

  @Test
  void callsAreRecordedInOrderAndUnmatchedAsUnknown() {
    rotate();
    get(CHECKOUT, null);
    get("/keycard/nowhere", keycard);

    assertThat(client.look("calls").findValuesAsString("operation"))
        .containsExactly("rotate", "list", "unknown");
    assertThat(client.look("calls").findValuesAsString("authenticated"))
        .containsExactly("true", "false", "true");
  }

  @Test
  void webhookIsAcceptedOnlyWithValidSignature() throws WebhookSigningException {
    String event = "{\"specversion\":\"1.0\",\"type\":\"dev.rekey.credential.missing\"}";

    assertThat(client.webhook(event, Sandbox.WEBHOOK_SECRET)).isEqualTo(204);
    assertThat(client.webhook(event, "whsec_c29tZS1vdGhlci1zZWNyZXQtb2YtMjQtYnl0ZXM="))
        .isEqualTo(401);
    assertThat(client.webhook("no event", Sandbox.WEBHOOK_SECRET)).isEqualTo(400);

    assertThat(client.look("webhooks").findValuesAsString("type"))
        .containsExactly("dev.rekey.credential.missing");
  }

  @Test
  void resetRestoresSeedAndKeepsTokens() {
    client.control("mode", "{\"conductorone\":\"additive\"}");
    client.control("seed", "{\"serviceAccounts\":2,\"connectors\":5}");
    rotate();

    client.control("reset", "");

    assertThat(client.look("mints")).isEmpty();
    assertThat(client.look("calls")).isEmpty();
    assertThat(client.look("credentials")).hasSize(4);
    rotate();
    assertThat(liveOf("apps/crm/connectors/okta")).hasSize(1);
  }

  @Test
  void concurrentRotationsLeaveOneValidCredential() throws Exception {
    List<Boolean> rotated = together(200, () -> rotate().status() == 200);

    assertThat(rotated).hasSize(200).containsOnly(true);
    assertThat(client.look("mints")).hasSize(200);
    assertThat(liveOf("apps/crm/connectors/okta")).hasSize(1);
  }

  // Callers

  @Test
  void callersTokenCarriesTeamAudienceAndAllScopes() throws Exception {
    Reply reply = callerToken("payments", "payments-secret", Map.of());
    SignedJWT jwt = SignedJWT.parse(reply.text("/access_token"));
    JWKSet keys = JWKSet.parse(client.get("/oauth2/jwks", null).raw().body());

    assertThat(reply.body().path("expires_in").asInt()).isBetween(3590, 3600);
    assertThat(jwt.verify(new RSASSAVerifier(keys.getKeys().getFirst().toRSAKey()))).isTrue();
    assertThat(jwt.getJWTClaimsSet().getIssuer()).isEqualTo(sandbox.url().toString());
    assertThat(jwt.getJWTClaimsSet().getAudience()).containsExactly("rekey");
    assertThat(jwt.getJWTClaimsSet().getSubject()).isEqualTo("payments");
    assertThat(jwt.getJWTClaimsSet().getStringClaim("client_id")).isEqualTo("payments");
    assertThat(jwt.getJWTClaimsSet().getStringListClaim("groups")).containsExactly("payments");
    assertThat(jwt.getJWTClaimsSet().getStringListClaim("scope"))
        .containsExactlyInAnyOrder("credentials:read", "credentials:write", "audit:read");
  }

  @Test
  void callerMayRequestFewerScopesButNotMore() {
    Reply less = callerToken("admin", "admin-secret", Map.of("scope", "audit:read"));
    Reply more = callerToken("viewer", "viewer-secret", Map.of("scope", "admin"));

    assertThat(less.text("/scope")).isEqualTo("audit:read");
    assertThat(more.text("/error")).isEqualTo("invalid_scope");
    assertThat(callerToken("payments", "wrong", Map.of()).status()).isEqualTo(401);
  }

  @Test
  void metadataNamesIssuer() {
    Reply metadata = client.get("/.well-known/oauth-authorization-server", null);

    assertThat(metadata.text("/issuer")).isEqualTo(sandbox.url().toString());
    assertThat(metadata.text("/jwks_uri")).isEqualTo(sandbox.url() + "/oauth2/jwks");
  }

  @Test
  void testsCanSignWrongClaims() throws Exception {
    String token = sandbox.mintJwt(claims -> claims.put("aud", "someone-else"));

    assertThat(SignedJWT.parse(token).getJWTClaimsSet().getAudience())
        .containsExactly("someone-else");
    assertThat(SignedJWT.parse(token).getJWTClaimsSet().getSubject()).isEqualTo("payments");
  }

  private static Reply callerToken(String id, String secret, Map<String, String> more) {
    var fields = new HashMap<>(more);
    fields.put("grant_type", "client_credentials");
    return client.form("/oauth2/token", SandboxClient.basic(id, secret), fields);
  }

  private static Reply get(String path, @Nullable String token) {
    return client.get(path, token);
  }

  private static Reply rotate() {
    return client.post(NEW_ROTATE, c1, OKTA_BODY);
  }

  private static boolean valid(Reply rotated) {
    return client.verify(
        rotated.text("/credential/clientId"), rotated.text("/credential/clientSecret"));
  }

  private static Reply create(String name, @Nullable String description) {
    String more = description == null ? "" : ",\"description\":\"" + description + "\"";
    return client.post(CHECKOUT, keycard, "{\"name\":\"" + name + "\"" + more + "}");
  }

  private static List<String> liveOf(String subject) {
    return client
        .look("credentials")
        .valueStream()
        .filter(credential -> credential.path("subject").asString().equals(subject))
        .map(credential -> credential.path("credentialId").asString())
        .toList();
  }

  private static <T> List<T> together(int calls, Callable<T> call) throws Exception {
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      var results = new ArrayList<T>();
      for (Future<T> future : executor.invokeAll(Collections.nCopies(calls, call))) {
        results.add(future.get());
      }
      return results;
    }
  }
}
