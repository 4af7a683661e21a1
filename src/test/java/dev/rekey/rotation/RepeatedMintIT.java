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
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/**
 * A client may repeat a request after any error, without saying so. One call of the client makes at
 * most one mint.
 */
class RepeatedMintIT extends RekeyIT {

  private static final String BY_PATH = "/api/v1/apps/crm/connectors/okta/credentials";
  private final String build = json("name", "build-" + UUID.randomUUID());

  @Autowired private Reconciler reconciler;

  /** A route that mints without a key. */
  enum Route {
    ROTATE("conductorone", "rotate"),
    ROTATE_BY_PATH("conductorone", "rotate"),
    REISSUE_AT_CONDUCTORONE("conductorone", "rotate"),
    CREATE("keycard", "create"),
    REISSUE_AT_KEYCARD("keycard", "create");

    private final String upstream;
    private final String mint;

    Route(String upstream, String mint) {
      this.upstream = upstream;
      this.mint = mint;
    }
  }

  private Supplier<Answer> request(Route route, Http caller) {
    return switch (route) {
      case ROTATE -> () -> caller.post(ROTATE, OKTA);
      case ROTATE_BY_PATH -> () -> caller.post(BY_PATH, "{}");
      case CREATE -> () -> caller.post(CHECKOUT, build);
      case REISSUE_AT_CONDUCTORONE, REISSUE_AT_KEYCARD ->
          throw new IllegalArgumentException(route.name());
    };
  }

  private Supplier<Answer> prepared(Route route, Http caller) {
    return switch (route) {
      case ROTATE, ROTATE_BY_PATH, CREATE -> request(route, caller);
      case REISSUE_AT_CONDUCTORONE -> {
        // Else the mint revokes the lost credential, and a repetition is refused for that.
        control().mode("additive");
        yield reissue(caller, keyed("payments").post(ROTATE, OKTA));
      }
      case REISSUE_AT_KEYCARD -> reissue(caller, keyed("payments").post(CHECKOUT, build));
    };
  }

  private static Supplier<Answer> reissue(Http caller, Answer lost) {
    String path = "/api/v1/rotations/" + lost.header("Rekey-Rotation-Id") + "/reissue";
    return () -> caller.post(path, "{}");
  }

  @ParameterizedTest
  @EnumSource
  void aCallWithAnUnknownOutcomeMintsOnce(Route route) {
    var call = prepared(route, as("payments"));
    long before = control().served(route.mint);
    control().fault(route.upstream, route.mint, "reset-after", times(1));

    Answer first = call.get();
    List<Answer> repeated = Stream.generate(call).limit(5).toList();

    assertThat(first.status()).isEqualTo(504);
    assertThat(repeated).allSatisfy(answer -> assertRepetitionOf(first, answer));
    assertThat(control().served(route.mint)).isEqualTo(before + 1);
    assertThat(events())
        .filteredOn(event -> event.equals("rotation.unknown"))
        .as("rotations with an unknown outcome")
        .hasSize(1);
  }

  @Test
  void aReissueThatMayHaveRevokedTheLostCredentialMintsOnce() {
    var call = reissue(as("payments"), keyed("payments").post(ROTATE, OKTA));
    control().fault("conductorone", "rotate", "reset-after", times(1));

    assertThat(call.get().status()).isEqualTo(504);
    assertThat(call.get().status()).isEqualTo(409);
    assertThat(control().mints()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"reset-before", "garbage", "redirect"})
  void noUnknownOutcomeIsRepeated(String fault) {
    control().fault("conductorone", "rotate", fault, times(1));

    Answer first = as("payments").post(ROTATE, OKTA);

    assertRepetitionOf(first, as("payments").post(BY_PATH, "{}"));
    assertThat(control().served("rotate")).isOne();
  }

  private static void assertRepetitionOf(Answer first, Answer repeated) {
    String rotation = first.header("Rekey-Rotation-Id");
    assertThat(repeated.status()).isEqualTo(409);
    assertThat(repeated.text("/type")).isEqualTo("/problems/repeated-mint");
    assertThat(repeated.header("Location")).isEqualTo("/api/v1/rotations/" + rotation);
    assertThat(repeated.text("/rotationId")).isEqualTo(rotation);
    assertThat(repeated.header("x-should-retry")).isEqualTo("false");
    assertThat(repeated.text("/detail")).contains("Idempotency-Key");
  }

  @ParameterizedTest
  @EnumSource(names = {"ROTATE", "CREATE"})
  void anIdempotencyKeyMintsOnPurpose(Route route) {
    unknown(route);

    assertThat(request(route, keyed("payments")).get().status()).isIn(200, 201);
    assertThat(request(route, as("payments")).get().status()).isIn(200, 201);
  }

  @Test
  void anotherTargetOrCallerIsNotRefused() {
    unknown(Route.ROTATE);
    unknown(Route.CREATE);

    assertThat(as("payments").post(CHECKOUT, json("name", "another")).status()).isEqualTo(201);
    assertThat(request(Route.CREATE, as("admin")).get().status()).isEqualTo(201);
    assertThat(request(Route.ROTATE, as("admin")).get().status()).isEqualTo(200);
  }

  @Test
  void theRotationOfAnotherCallerDoesNotAllowARepetition() {
    Answer first = unknown(Route.ROTATE);
    as("admin").post(ROTATE, OKTA);

    Answer repeated = as("payments").post(ROTATE, OKTA);

    assertThat(as("payments").get(first.header("Location")).text("/state")).isEqualTo("SUPERSEDED");
    assertRepetitionOf(first, repeated);
  }

  @Test
  void anHourLaterARequestIsNoRepetition() {
    Answer first = unknown(Route.ROTATE);
    change(first, "requested_at = requested_at - interval '59 minutes'");
    assertRepetitionOf(first, as("payments").post(ROTATE, OKTA));

    change(first, "requested_at = requested_at - interval '61 seconds'");

    assertThat(as("payments").post(ROTATE, OKTA).status()).isEqualTo(200);
  }

  @Test
  void aResolvedRotationAllowsAnother() {
    Answer first = unknown(Route.ROTATE);

    as("admin").post(first.header("Location") + "/resolve", json("reason", "checked"));

    assertThat(as("payments").post(ROTATE, OKTA).status()).isEqualTo(200);
  }

  @Test
  void aMintThatMadeNothingAllowsAnother() {
    control().fault("keycard", "create", "reset-before", times(1));
    Answer first = as("payments").post(CHECKOUT, build);
    assertRepetitionOf(first, as("payments").post(CHECKOUT, build));
    expireLeases(first.text("/rotationId"));

    await()
        .until(
            () -> {
              makeChecksDue();
              reconciler.sweep();
              return as("payments").get(first.header("Location")).text("/state");
            },
            "NOT_APPLIED"::equals);

    assertThat(as("payments").post(CHECKOUT, build).status()).isEqualTo(201);
  }

  @ParameterizedTest
  @EnumSource(names = {"ROTATE", "ROTATE_BY_PATH", "CREATE"})
  void aSecretThatWasNotDeliveredIsNotMintedAgain(Route route) {
    Answer first = undelivered(route);

    Answer repeated = request(route, as("payments")).get();

    assertRepetitionOf(first, repeated);
    assertThat(repeated.text("/detail")).contains("/reissue");
    assertThat(control().mints()).hasSize(1);
    assertThat(reissue(as("payments"), first).get().status()).isEqualTo(201);
  }

  @Test
  void aDeliveryThatIsRecordedLateIsAwaited() {
    Answer first = undelivered(Route.ROTATE);
    var second = CompletableFuture.supplyAsync(() -> as("payments").post(ROTATE, OKTA));
    await().during(Duration.ofMillis(300)).until(() -> !second.isDone());

    change(first, "delivered_at = now()");

    assertThat(second.join().status()).isEqualTo(200);
  }

  @Test
  void requestsInQuickSuccessionAreNotRefused() {
    for (int i = 0; i < 20; i++) {
      assertThat(as("payments").post(ROTATE, OKTA).status()).isEqualTo(200);
    }
  }

  @RepeatedTest(5)
  void concurrentRepetitionsMintOnce() {
    control().fault("conductorone", "rotate", "reset-after");

    List<Answer> answers =
        IntStream.range(0, 16)
            .mapToObj(_ -> CompletableFuture.supplyAsync(() -> as("payments").post(ROTATE, OKTA)))
            .toList()
            .stream()
            .map(CompletableFuture::join)
            .toList();

    assertThat(answers).extracting(Answer::status).containsOnly(504, 409).containsOnlyOnce(504);
    assertThat(control().mints()).hasSize(1);
  }

  @Test
  void aRetryDuringTheFirstRequestIsRefused() {
    control().fault("keycard", "create", "delay", delayMs(1000));
    var first = CompletableFuture.supplyAsync(() -> as("payments").post(CHECKOUT, build));
    await().until(() -> control().served("create") == 1);

    Answer retried = counted().post(CHECKOUT, build);

    assertThat(retried.status()).isEqualTo(409);
    assertThat(retried.header("Location"))
        .isEqualTo("/api/v1/rotations/" + first.join().header("Rekey-Rotation-Id"));
    assertThat(control().mints()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"status, 429", "status, 422", "no-backend, 503"})
  void theNewestMintDecidesAboutARetry(String fault, int refusal) {
    assertThat(as("payments").post(CHECKOUT, build).status()).isEqualTo(201);
    control().fault("keycard", "create", fault, status(refusal), times(1));
    assertThat(as("payments").post(CHECKOUT, build).status()).isEqualTo(refusal);

    Answer retried = counted().post(CHECKOUT, build);

    assertThat(retried.status()).isEqualTo(201);
  }

  @Test
  void theRotationThatARetryRepeatsIsTheNewest() {
    assertThat(as("payments").post(CHECKOUT, build).status()).isEqualTo(201);
    Answer newest = unknown(Route.CREATE);

    assertRepetitionOf(newest, counted().post(CHECKOUT, build));
  }

  @Test
  void aCountedRetryIsRefusedThoughTheSecretSeemsDelivered() {
    Answer first = as("payments").post(CHECKOUT, build);
    awaitFollowUps();

    assertRepetitionOf(first, counted().post(CHECKOUT, build));

    change(first, "requested_at = requested_at - interval '5 minutes'");
    assertThat(counted().post(CHECKOUT, build).status()).isEqualTo(201);
  }

  private Http counted() {
    return as("payments").with("x-stainless-retry-count", "1");
  }

  private Answer unknown(Route route) {
    control().fault(route.upstream, route.mint, "reset-after", times(1));
    Answer unknown = request(route, as("payments")).get();
    assertThat(unknown.status()).isEqualTo(504);
    return unknown;
  }

  /** A mint whose response did not reach the caller. */
  private Answer undelivered(Route route) {
    Answer made = request(route, as("payments")).get();
    assertThat(made.status()).isIn(200, 201);
    awaitFollowUps();
    change(made, "delivered_at = null");
    return made;
  }

  private static void change(Answer answer, String assignment) {
    execute(
        "update rotation set " + assignment + " where id = ?::uuid",
        Objects.requireNonNull(answer.header("Rekey-Rotation-Id")));
  }
}
