package dev.rekey.rotation;

import static dev.rekey.run.Control.delayMs;
import static dev.rekey.run.Control.status;
import static dev.rekey.run.Control.times;
import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyIT;
import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

class IdempotencyIT extends RekeyIT {

  private static final String BUILD = json("name", "build");

  private final String key = UUID.randomUUID().toString();

  @Autowired private Reconciler reconciler;

  @Test
  void aRepetitionAfterASuccessGetsTheRemediesInsteadOfTheSecret() {
    Answer first = withKey(key).post(ROTATE, OKTA);

    Answer again = withKey(key).post(ROTATE, OKTA);

    assertThat(first.status()).isEqualTo(200);
    assertThat(again.status()).isEqualTo(409);
    assertThat(again.text("/type")).isEqualTo("/problems/secret-not-replayable");
    assertThat(again.header("x-should-retry")).isEqualTo("false");
    assertThat(again.header("Location"))
        .isEqualTo("/api/v1/rotations/" + first.header("Rekey-Rotation-Id"));
    assertThat(again.text("/credentialId")).isEqualTo(first.header("Rekey-Credential-Id"));
    assertThat(again.text("/reissue")).endsWith("/reissue");
    assertThat(control().mints()).hasSize(1);
  }

  @Test
  void aRepetitionDuringTheFirstRequestIsRefused() {
    control().fault("keycard", "create", "delay", delayMs(1500));
    var first = CompletableFuture.supplyAsync(() -> withKey(key).post(CHECKOUT, BUILD));
    await().until(() -> control().served("create") == 1);

    Answer again = withKey(key).post(CHECKOUT, BUILD);

    assertThat(again.status()).isEqualTo(409);
    assertThat(again.text("/type")).isEqualTo("/problems/rotation-in-progress");
    assertThat(again.header("Location"))
        .isEqualTo("/api/v1/rotations/" + first.join().header("Rekey-Rotation-Id"));
    assertThat(control().mints()).hasSize(1);
  }

  @Test
  void concurrentRequestsMintOnce() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Answer>> calls =
          IntStream.range(0, 20)
              .<Callable<Answer>>mapToObj(_ -> () -> withKey(key).post(CHECKOUT, BUILD))
              .toList();
      List<Integer> statuses =
          threads.invokeAll(calls).stream().map(Future::resultNow).map(Answer::status).toList();

      assertThat(statuses).containsOnly(201, 409).containsOnlyOnce(201);
    }
    assertThat(control().mints()).hasSize(1);
  }

  @Test
  void aDifferentRequestWithTheSameKeyIsRefused() {
    withKey(key).post(CHECKOUT, BUILD);

    Answer other = withKey(key).post(CHECKOUT, json("name", "build", "description", "other"));

    assertThat(other.status()).isEqualTo(422);
    assertThat(other.text("/type")).isEqualTo("/problems/idempotency-key-reused");
    assertThat(control().mints()).hasSize(1);
  }

  @Test
  void theSameKeyOfAnotherPrincipalIsAnotherKey() {
    withKey(key).post(CHECKOUT, BUILD);

    Answer other =
        as("search")
            .with("Idempotency-Key", key)
            .post("/organizations/acme/service-accounts/indexer/credentials", BUILD);

    assertThat(other.status()).isEqualTo(201);
  }

  @Test
  void aRejectionIsRepeatedWithoutAnotherCall() {
    control().fault("keycard", "create", "status", status(422));
    Answer first = withKey(key).post(CHECKOUT, BUILD);
    control().clearFaults();

    Answer again = withKey(key).post(CHECKOUT, BUILD);

    assertThat(List.of(first.status(), again.status())).containsOnly(422);
    assertThat(again.text("/detail")).isEqualTo(first.text("/detail"));
    assertThat(again.text("/rotationId")).isEqualTo(first.text("/rotationId"));
    assertThat(control().calls("create")).isEqualTo(1);
  }

  @Test
  void aRateLimitedRequestMayBeRepeated() {
    control().fault("keycard", "create", "status", status(429), times(1));
    Answer first = withKey(key).post(CHECKOUT, BUILD);

    Answer again = withKey(key).post(CHECKOUT, BUILD);

    assertThat(first.status()).isEqualTo(429);
    assertThat(again.status()).isEqualTo(201);
    assertThat(again.header("Rekey-Rotation-Id")).isEqualTo(first.text("/rotationId"));
  }

  @Test
  void aRequestThatWasNotSentGetsANewAttempt() {
    control().revokeTokens();
    control().fault("keycard", "token", "status", status(503));
    Answer first = withKey(key).post(CHECKOUT, BUILD);
    control().clearFaults();

    Answer again = withKey(key).post(CHECKOUT, BUILD);

    assertThat(first.status()).isEqualTo(503);
    assertThat(again.status()).isEqualTo(201);
    String rotation = first.text("/rotationId");
    assertThat(again.header("Rekey-Rotation-Id")).isEqualTo(rotation);
    Answer shown = as("payments").get("/api/v1/rotations/" + rotation);
    assertThat(shown.text("/state")).isEqualTo("SUCCEEDED");
    assertThat(shown.text("/attempts/0/state")).isEqualTo("NOT_ATTEMPTED");
    assertThat(shown.text("/attempts/1/state")).isEqualTo("SUCCEEDED");
    assertThat(shown.body().at("/attempts").size()).isEqualTo(2);
  }

  @Test
  void anUnknownOutcomeGetsNoNewAttempt() {
    control().fault("conductorone", "rotate", "reset-after");
    Answer first = withKey(key).post(ROTATE, OKTA);
    control().clearFaults();

    Answer again = withKey(key).post(ROTATE, OKTA);

    assertThat(again.status()).isEqualTo(409);
    assertThat(again.text("/type")).isEqualTo("/problems/rotation-unresolved");
    assertThat(again.header("Location")).isEqualTo(first.header("Location"));
    assertThat(control().mints()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"reset-before, NOT_APPLIED", "reset-after, ORPHAN_REMOVED"})
  void aMintWithoutEffectGetsANewAttempt(String fault, String settled) {
    control().fault("keycard", "create", fault);
    Answer first = withKey(key).post(CHECKOUT, BUILD);
    control().clearFaults();
    String rotation = "/api/v1/rotations/" + first.text("/rotationId");
    expireLeases(first.text("/rotationId"));
    sweepUntil(rotation, settled);

    Answer again = withKey(key).post(CHECKOUT, BUILD);

    assertThat(again.status()).isEqualTo(201);
    Answer shown = as("payments").get(rotation);
    assertThat(shown.text("/attempts/0/state")).isEqualTo(settled);
    assertThat(shown.text("/attempts/1/state")).isEqualTo("SUCCEEDED");
    assertThat(control().isValid(again.text("/client_id"), again.text("/client_secret"))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 256})
  void aKeyOfInvalidLengthIsRefused(int length) {
    Answer answer = withKey("k".repeat(length)).post(ROTATE, OKTA);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("/detail")).contains("1 to 255");
    assertThat(control().calls()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"false, true", "true, false"})
  void aKeyInQuotesIsTheSameKey(boolean firstInQuotes, boolean againInQuotes) {
    String quoted = '"' + key + '"';
    Answer first = withKey(firstInQuotes ? quoted : key).post(CHECKOUT, BUILD);

    Answer again = withKey(againInQuotes ? quoted : key).post(CHECKOUT, BUILD);

    assertThat(first.status()).isEqualTo(201);
    assertThat(again.text("/type")).isEqualTo("/problems/secret-not-replayable");
    assertThat(again.header("Rekey-Rotation-Id")).isEqualTo(first.header("Rekey-Rotation-Id"));
    assertThat(control().mints()).hasSize(1);
  }

  @Test
  void aKeyThatAnEarlierVersionStoredWithItsQuotesIsFound() {
    String quoted = '"' + key + '"';
    withKey(key).post(CHECKOUT, BUILD);
    execute(
        "update idempotency_key set key_hash = encode(sha256(?::bytea), 'hex')"
            + " where key_hash = encode(sha256(?::bytea), 'hex')",
        quoted,
        key);

    Answer bare = withKey(key).post(CHECKOUT, BUILD);
    Answer inQuotes = withKey(quoted).post(CHECKOUT, BUILD);

    assertThat(List.of(bare.text("/code"), inQuotes.text("/code")))
        .containsOnly("secret-not-replayable");
    assertThat(control().mints()).hasSize(1);
  }

  @Test
  void twoKeysOfAnEarlierVersionStayTwoKeys() {
    String quoted = '"' + key + '"';
    Answer first = withKey(key).post(CHECKOUT, BUILD);
    Answer second = withKey(key + "2").post(CHECKOUT, json("name", "other"));
    execute(
        "update idempotency_key set key_hash = encode(sha256(?::bytea), 'hex')"
            + " where key_hash = encode(sha256(?::bytea), 'hex')",
        quoted,
        key + "2");

    assertThat(withKey(key).post(CHECKOUT, BUILD).header("Rekey-Rotation-Id"))
        .isEqualTo(first.header("Rekey-Rotation-Id"));
    assertThat(withKey(quoted).post(CHECKOUT, json("name", "other")).header("Rekey-Rotation-Id"))
        .isEqualTo(second.header("Rekey-Rotation-Id"));
  }

  @Test
  void theLongestKeyIsAccepted() {
    assertThat(withKey("k".repeat(255)).post(ROTATE, OKTA).status()).isEqualTo(200);
  }

  @Test
  void aKeyMayContainCommas() {
    withKey("a,b").post(CHECKOUT, BUILD);

    assertThat(withKey("a,b").post(CHECKOUT, BUILD).status()).isEqualTo(409);
    assertThat(withKey("a,c").post(CHECKOUT, json("name", "c")).status()).isEqualTo(201);
  }

  @Test
  void twoKeysAreRefused() {
    assertThat(withKey("a").with("Idempotency-Key", "b").post(ROTATE, OKTA).status())
        .isEqualTo(400);
    assertThat(control().calls()).isEmpty();
  }

  @Test
  void onlyTheHashOfAKeyIsStored() {
    withKey(key).post(CHECKOUT, BUILD);

    assertThat(query("select * from idempotency_key where key_hash like ?", "%" + key + "%"))
        .isEmpty();
    assertThat(query("select 1 from idempotency_key where length(key_hash) = 64")).isNotEmpty();
  }

  @Test
  void aKeyIsDeletedOnceItIsOldAndItsCredentialIsGone() {
    Answer first = withKey(key).post(CHECKOUT, BUILD);
    execute("update idempotency_key set created_at = now() - interval '25 hours'");

    reconciler.forgetKeys();
    assertThat(withKey(key).post(CHECKOUT, BUILD).status()).isEqualTo(409);
    as("payments").delete(CHECKOUT + "/" + first.text("/id"));
    reconciler.forgetKeys();

    assertThat(withKey(key).post(CHECKOUT, BUILD).status()).isEqualTo(201);
  }

  private Http withKey(String idempotencyKey) {
    return as("payments").with("Idempotency-Key", idempotencyKey);
  }

  private void sweepUntil(String rotation, String state) {
    await()
        .until(
            () -> {
              makeChecksDue();
              reconciler.sweep();
              return as("payments").get(rotation).text("/state").equals(state);
            });
  }
}
