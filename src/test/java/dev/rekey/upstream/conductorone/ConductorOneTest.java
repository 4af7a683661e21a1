package dev.rekey.upstream.conductorone;

import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.platform.Deadline;
import dev.rekey.platform.PathId;
import dev.rekey.run.Control;
import dev.rekey.upstream.CredentialNaming;
import dev.rekey.upstream.Minted;
import dev.rekey.upstream.Reply;
import dev.rekey.upstream.Reply.Flaw;
import dev.rekey.upstream.Reply.Loss;
import dev.rekey.upstream.Reply.Obstacle;
import dev.rekey.upstream.Secret;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.Upstream.Retired;
import dev.rekey.upstream.UpstreamCredential;
import dev.rekey.upstream.http.HttpLimits;
import dev.rekey.upstream.http.TestClients;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;
import sandbox.Sandbox;

/** The real client over real HTTP against the sandbox. */
class ConductorOneTest {

  private static final Subject OKTA = ConductorOne.connector(PathId.of("crm"), PathId.of("okta"));
  private static final PathId SEED = PathId.of("okta-seed-credential");

  private static Sandbox sandbox;
  private static Control control;

  private final ConductorOne conductorOne = client(Duration.ofSeconds(3));

  @BeforeAll
  static void startSandbox() {
    sandbox = Sandbox.start(0);
    control = new Control(sandbox);
  }

  @AfterAll
  static void stopSandbox() {
    sandbox.close();
  }

  @BeforeEach
  void resetSandbox() {
    control.reset();
  }

  @Test
  void mintedSecretIsValid() {
    var minted = minted(mint(conductorOne));

    assertThat(control.isValid(minted.credential().clientId(), minted.secret().reveal())).isTrue();
    assertThat(control.mints()).containsExactly(minted.credential().id().value());
  }

  @Test
  void plainSecretIsPostedInTheBody() {
    var posting =
        client(
            Sandbox.CONDUCTORONE_PLAIN_CLIENT_ID,
            Sandbox.CONDUCTORONE_PLAIN_CLIENT_SECRET,
            sandbox.url(),
            Duration.ofSeconds(3));

    assertThat(mint(posting)).isInstanceOf(Reply.Success.class);
  }

  @Test
  void callFromAPlainThreadHasAToken() throws InterruptedException {
    var replies = new ArrayList<Reply<UpstreamCredential>>();

    var thread = new Thread(() -> replies.add(conductorOne.read(OKTA, SEED)));
    thread.start();
    thread.join();

    assertThat(replies).singleElement().isInstanceOf(Reply.Success.class);
    assertThat(control.wereAllAuthenticated()).isTrue();
  }

  @Test
  void hundredFirstCallsShareOneTokenRequest() throws Exception {
    control.fault("conductorone", "token", "delay", "\"delayMs\":300");
    var start = new CountDownLatch(1);
    var replies = new ArrayList<Future<Reply<UpstreamCredential>>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 100; i++) {
        replies.add(
            threads.submit(
                () -> {
                  start.await();
                  return conductorOne.read(OKTA, SEED);
                }));
      }
      start.countDown();
    }

    for (var reply : replies) {
      assertThat(reply.get()).isInstanceOf(Reply.Success.class);
    }
    assertThat(control.calls("token")).isEqualTo(1);
  }

  @Test
  void revokedTokenIsReplacedAndTheCallRepeatedOnce() {
    mint(conductorOne);
    control.revokeTokens();

    assertThat(mint(conductorOne)).isInstanceOf(Reply.Success.class);
    assertThat(control.calls("token")).isEqualTo(2);
    assertThat(control.calls("rotate")).isEqualTo(3);
    assertThat(control.mints()).hasSize(2);
  }

  @Test
  void second401IsReturned() {
    control.fault("conductorone", "rotate", "status", "\"status\":401");

    assertThat(mint(conductorOne))
        .isInstanceOfSatisfying(
            Reply.ErrorStatus.class, error -> assertThat(error.status()).isEqualTo(401));
    assertThat(control.calls("rotate")).isEqualTo(2);
    assertThat(control.mints()).isEmpty();
  }

  @Test
  void redirectIsNotFollowedAndNotASuccess() {
    control.fault("conductorone", "rotate", "redirect");

    assertThat(mint(conductorOne))
        .isInstanceOfSatisfying(
            Reply.ErrorStatus.class,
            error -> {
              assertThat(error.status()).isEqualTo(302);
              assertThat(error.isRefusal()).isFalse();
            });
    assertThat(control.calls()).doesNotContain("redirected");
  }

  @Test
  void redirectOfTheTokenRequestIsNotFollowed() {
    control.fault("conductorone", "token", "redirect");

    assertThat(mint(conductorOne)).isEqualTo(new Reply.NotSent<>(Obstacle.NO_TOKEN));
    assertThat(control.calls()).doesNotContain("redirected", "rotate");
  }

  @Test
  void oversizedResponseIsNotRead() {
    control.fault("conductorone", "rotate", "huge");

    assertThat(mint(conductorOne)).isEqualTo(new Reply.Unusable<>(Flaw.OVERSIZED));
    assertThat(control.calls("rotate")).isEqualTo(1);
  }

  @Test
  void hangingTokenRequestTimesOutAndNothingIsSent() {
    control.fault("conductorone", "token", "hang");
    var limits = limits(Duration.ofSeconds(20), Duration.ofMillis(500));
    var hasty = client(Sandbox.CONDUCTORONE_CLIENT_ID, Sandbox.CONDUCTORONE_CLIENT_SECRET, limits);
    long start = System.nanoTime();

    assertThat(mint(hasty)).isEqualTo(new Reply.NotSent<>(Obstacle.NO_TOKEN));
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    assertThat(control.calls()).doesNotContain("rotate");
  }

  @ParameterizedTest
  @CsvSource({
    "status, 401",
    "status, 400",
    "status, 503",
    "garbage, 0",
    "reset-before, 0",
    "huge, 0"
  })
  void callWithoutTokenIsNotSent(String fault, int status) {
    control.fault("conductorone", "token", fault, "\"status\":" + status);

    assertThat(mint(conductorOne)).isEqualTo(new Reply.NotSent<>(Obstacle.NO_TOKEN));
    assertThat(control.calls()).doesNotContain("rotate");
  }

  @Test
  void callOverTheConcurrencyLimitWaitsAndIsNotSent() {
    var one =
        client(
            Sandbox.CONDUCTORONE_CLIENT_ID,
            Sandbox.CONDUCTORONE_CLIENT_SECRET,
            new HttpLimits(
                Duration.ofSeconds(3),
                Duration.ofSeconds(8),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                DataSize.ofMegabytes(1),
                1));
    control.fault("conductorone", "rotate", "delay", "\"delayMs\":1500", "\"times\":1");
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Reply<Minted>> first = threads.submit(() -> mint(one));
      await().until(() -> control.calls("rotate") == 1);

      assertThat(
              one.mint(
                  OKTA,
                  CredentialNaming.NONE,
                  UUID.randomUUID(),
                  Deadline.in(Duration.ofMillis(200))))
          .isEqualTo(new Reply.NotSent<>(Obstacle.TOO_MANY_CALLS));
      assertThat(first).succeedsWithin(Duration.ofSeconds(5)).isInstanceOf(Reply.Success.class);
    }
    assertThat(control.calls("rotate")).isEqualTo(1);
  }

  @Test
  void callsThatWaitForAFailingTokenRequestFailTogether() throws Exception {
    control.fault("conductorone", "token", "hang");
    var limits = limits(Duration.ofSeconds(20), Duration.ofSeconds(1));
    var hasty = client(Sandbox.CONDUCTORONE_CLIENT_ID, Sandbox.CONDUCTORONE_CLIENT_SECRET, limits);
    long start = System.nanoTime();
    var replies = new ArrayList<Future<Reply<Minted>>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 20; i++) {
        replies.add(threads.submit(() -> mint(hasty)));
      }
    }

    for (var reply : replies) {
      assertThat(reply.get()).isEqualTo(new Reply.NotSent<>(Obstacle.NO_TOKEN));
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 403, 404, 405, 408, 409, 422, 429, 499, 500, 501, 502, 503, 504})
  void mintIsNotRetriedAfterAnyStatus(int status) {
    control.fault("conductorone", "rotate", "status", "\"status\":" + status, "\"retryAfter\":1");

    assertThat(mint(conductorOne))
        .isInstanceOfSatisfying(
            Reply.ErrorStatus.class, error -> assertThat(error.status()).isEqualTo(status));
    assertThat(control.calls("rotate")).isEqualTo(1);
    assertThat(control.mints()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "reset-before, 0",
    "reset-after, 1",
    "late, 1",
    "garbage, 1",
    "no-secret, 1",
    "hang, 0",
    "huge, 1"
  })
  void mintIsNotRetriedAfterAnyFault(String fault, int mints) {
    control.fault("conductorone", "rotate", fault, "\"delayMs\":1");

    Reply<Minted> reply = mint(client(Duration.ofSeconds(1)));

    assertThat(reply)
        .isEqualTo(
            switch (fault) {
              case "hang" -> new Reply.Lost<>(Loss.TIMED_OUT);
              case "garbage" -> new Reply.Unusable<>(Flaw.UNPARSABLE);
              case "no-secret" ->
                  new Reply.Unusable<>(Flaw.SECRET_MISSING, PathId.of(control.mints().getFirst()));
              case "huge" -> new Reply.Unusable<>(Flaw.OVERSIZED);
              default -> new Reply.Lost<>(Loss.BROKEN);
            });
    assertThat(control.calls("rotate")).isEqualTo(1);
    await().until(() -> control.mints().size() == mints);
  }

  @ParameterizedTest
  @CsvSource({
    "id, true", "clientId, true", "displayName, true",
    "id, false", "clientId, false", "displayName, false"
  })
  void credentialWithItsSecretInAnotherFieldIsUnusable(String field, boolean isInCredential) {
    String secret = "s3cr3t".repeat(6);
    String member = "\"clientSecret\":\"" + secret + "\"}";
    String credential =
        json("id", "id", "clientId", "client", "displayName", "name")
            .replaceFirst("(\"" + field + "\":\")[a-z]+", "$1of-" + secret + "-here");
    control.respond(
        "conductorone",
        "rotate",
        200,
        isInCredential
            ? "{\"credential\":" + credential.replaceFirst("}$", "," + member) + "}"
            : "{\"credential\":" + credential + "," + member);

    assertThat(mint(conductorOne))
        .isEqualTo(
            new Reply.Unusable<>(
                Flaw.SECRET_REPEATED, field.equals("id") ? null : PathId.of("id")));
  }

  @Test
  void mintIsNotResentWhenAPooledConnectionBreaks() {
    mint(conductorOne);
    control.fault("conductorone", "rotate", "reset-after");

    assertThat(mint(conductorOne)).isEqualTo(new Reply.Lost<>(Loss.BROKEN));
    assertThat(control.mints()).hasSize(2);
  }

  @Test
  void refusedConnectionMeansNotSent() throws IOException {
    int port;
    try (var socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }

    assertThat(mint(apiAt("http://localhost:" + port)))
        .isEqualTo(new Reply.NotSent<>(Obstacle.NOT_CONNECTED));
  }

  @Test
  void unknownHostMeansNotSent() {
    assertThat(mint(apiAt("http://upstream.invalid")))
        .isEqualTo(new Reply.NotSent<>(Obstacle.NAME_NOT_RESOLVED));
  }

  @Test
  void failedTlsHandshakeMeansNotSent() {
    assertThat(mint(apiAt("https://localhost:" + sandbox.port())))
        .isEqualTo(new Reply.NotSent<>(Obstacle.TLS_FAILED));
    assertThat(control.mints()).isEmpty();
  }

  @Test
  void nothingIsSentAfterTheDeadline() {
    var reply =
        conductorOne.mint(
            OKTA, CredentialNaming.NONE, UUID.randomUUID(), Deadline.in(Duration.ZERO));

    assertThat(reply).isInstanceOf(Reply.NotSent.class);
    assertThat(control.calls()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 502, 503, 504})
  void readIsRetriedAfterTemporaryErrors(int status) {
    control.fault("conductorone", "get", "status", "\"status\":" + status, "\"times\":2");

    assertThat(conductorOne.read(OKTA, SEED)).isInstanceOf(Reply.Success.class);
    assertThat(control.calls("get")).isEqualTo(3);
  }

  @Test
  void readIsRetriedAfterABrokenConnection() {
    control.fault("conductorone", "get", "reset-before", "\"times\":1");

    assertThat(conductorOne.read(OKTA, SEED)).isInstanceOf(Reply.Success.class);
  }

  @Test
  void readHonoursRetryAfter() {
    control.fault(
        "conductorone", "get", "status", "\"status\":429", "\"retryAfter\":1", "\"times\":1");
    long start = System.nanoTime();

    assertThat(conductorOne.read(OKTA, SEED)).isInstanceOf(Reply.Success.class);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(990));
  }

  @Test
  void readDoesNotWaitBeyondItsTimeout() {
    control.fault("conductorone", "get", "status", "\"status\":429", "\"retryAfter\":600");

    assertThat(conductorOne.read(OKTA, SEED))
        .isInstanceOfSatisfying(
            Reply.ErrorStatus.class, error -> assertThat(error.retryAfter()).isEqualTo("600"));
    assertThat(control.calls("get")).isEqualTo(1);
  }

  @Test
  void retiringAMissingCredentialSucceeds() {
    assertThat(conductorOne.retire(OKTA, SEED)).isEqualTo(new Reply.Success<>(Retired.NOW));
    assertThat(conductorOne.retire(OKTA, PathId.of("never-was")))
        .isEqualTo(new Reply.Success<>(Retired.ALREADY_GONE));
  }

  @Test
  void emptyStringsBecomeNull() {
    var read = ((Reply.Success<UpstreamCredential>) conductorOne.read(OKTA, SEED)).value();

    assertThat(read.id()).isEqualTo(SEED);
    assertThat(read.description()).isNull();
    assertThat(read.deletedAt()).isNull();
    assertThat(read.expiresAt()).isNotNull();
  }

  private static Reply<Minted> mint(ConductorOne client) {
    return client.mint(
        OKTA, CredentialNaming.NONE, UUID.randomUUID(), Deadline.in(Duration.ofSeconds(30)));
  }

  private static Minted minted(Reply<Minted> reply) {
    return ((Reply.Success<Minted>) reply).value();
  }

  private static ConductorOne client(Duration mintTimeout) {
    return client(
        Sandbox.CONDUCTORONE_CLIENT_ID,
        Sandbox.CONDUCTORONE_CLIENT_SECRET,
        limits(mintTimeout, Duration.ofSeconds(8)));
  }

  private static ConductorOne client(String id, String secret, HttpLimits limits) {
    return client(id, secret, sandbox.url() + "/conductorone", limits);
  }

  private static ConductorOne client(String id, String secret, URI at, Duration mintTimeout) {
    return client(id, secret, at + "/conductorone", limits(mintTimeout, Duration.ofSeconds(8)));
  }

  private static ConductorOne apiAt(String apiUrl) {
    return client(
        Sandbox.CONDUCTORONE_CLIENT_ID,
        Sandbox.CONDUCTORONE_CLIENT_SECRET,
        apiUrl,
        limits(Duration.ofSeconds(5), Duration.ofSeconds(8)));
  }

  private static ConductorOne client(String id, String secret, String apiUrl, HttpLimits limits) {
    var properties =
        new ConductorOneProperties(
            URI.create(apiUrl),
            URI.create(sandbox.url() + "/conductorone/auth/v1/token"),
            id,
            Secret.of(secret),
            ConductorOneProperties.Rotation.REPLACING,
            limits);
    return new ConductorOneConfiguration()
        .conductorOne(properties, TestClients.create(), Clock.systemUTC());
  }

  private static HttpLimits limits(Duration mintTimeout, Duration tokenTimeout) {
    return new HttpLimits(
        Duration.ofSeconds(3),
        tokenTimeout,
        Duration.ofSeconds(5),
        mintTimeout,
        DataSize.ofMegabytes(1),
        128);
  }
}
