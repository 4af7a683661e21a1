package dev.rekey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.run.Control;
import dev.rekey.run.FailedStart;
import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import dev.rekey.run.JarRun;
import dev.rekey.run.PostgresServer;
import dev.rekey.run.RekeyProcess;
import dev.rekey.run.Surroundings;
import dev.rekey.run.Tokens;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The production form, {@code java -jar}: a migration, then the service without the owner's
 * password, as in the chart. Runs against its own PostgreSQL and injects failures.
 */
class ProcessIT {

  private static final String ROTATE = "/api/v1/apps/connectors/credentials";
  private static final String OKTA_SUBJECT = "apps/crm/connectors/okta";
  private static final String CHECKOUT =
      "/organizations/acme/service-accounts/checkout/credentials";
  private static final String OKTA = "{\"appId\":\"crm\",\"connectorId\":\"okta\"}";

  @TempDir private static Path directory;

  private static Surroundings surroundings;
  private static Control control;
  private static RekeyProcess rekey;

  @BeforeAll
  static void start() {
    surroundings = Surroundings.start();
    control = new Control(surroundings.sandbox());
    migrate();
    rekey = startRekey();
  }

  @AfterAll
  static void stop() {
    // The role has no schema until the migration has run.
    if (rekey != null) {
      rekey.close();
    }
    surroundings.close();
  }

  @BeforeEach
  void resetSandbox() {
    control.reset();
  }

  @Test
  void interruptedRotationIsPendingAfterRestart() throws Exception {
    String request = "killed-" + System.nanoTime();
    control.fault("conductorone", "rotate", "hang");
    var call = CompletableFuture.runAsync(() -> rotate(payments(request)));
    await().until(() -> control.served("rotate") == 1);

    rekey.kill();
    String ahead = dropNewestPartition();
    rekey = startRekey();

    await().until(() -> partitions().contains(ahead));
    assertThat(call).failsWithin(Duration.ofSeconds(5));
    String rotation = rotationOf(request);
    Answer found = payments("look").get("/api/v1/rotations/" + rotation);
    assertThat(found.text("/state")).isEqualTo("PENDING");
    assertThat(found.body().at("/closedAt").isNull()).isTrue();
    Answer events =
        payments("look").get("/api/v1/audit-events?subject=apps/crm/connectors/okta&limit=1");
    assertThat(events.text("/items/0/type")).isEqualTo("rotation.requested");
    assertThat(events.text("/items/0/rotationId")).isEqualTo(rotation);
    control.clearFaults();
    assertThat(rotate(payments("next")).text("/type")).isEqualTo("/problems/rotation-in-progress");
    expireLease(rotation);
    await().atMost(Duration.ofSeconds(20)).until(() -> rotate(payments("next")).status() == 200);
  }

  @Test
  void withoutDatabaseRekeySendsNothingAndRecovers() {
    assertThat(rotate(payments("before")).status()).isEqualTo(200);
    control.reset();

    surroundings.postgres().stop();
    boolean wasReady = rekey.isReady();
    boolean wasLive = rekey.isLive();
    Answer rotate = rotate(payments("during"));
    Answer create =
        payments("during")
            .post("/organizations/acme/service-accounts/checkout/credentials", "{\"name\":\"x\"}");
    Answer search = payments("during").get("/api/v1/audit-events");
    Answer read =
        payments("during").get("/organizations/acme/service-accounts/checkout/credentials");
    surroundings.postgres().restart();

    assertThat(wasReady).isFalse();
    assertThat(wasLive).isTrue();
    assertThat(rotate.status()).isEqualTo(503);
    assertThat(rotate.header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(rotate.text("/type")).isEqualTo("/problems/record-unavailable");
    assertThat(create.text("/type")).isEqualTo("/problems/record-unavailable");
    assertThat(search.text("/type")).isEqualTo("/problems/record-unavailable");
    assertThat(read.status()).isEqualTo(200);
    assertThat(control.mints()).isEmpty();
    await().atMost(Duration.ofSeconds(20)).until(() -> rotate(payments("after")).status() == 200);
    assertThat(rekey.isReady()).isTrue();
  }

  @Test
  void secretIsDeliveredIfDatabaseFailsBeforeRecording() {
    control.fault("conductorone", "rotate", "delay", "\"delayMs\":3000");
    var call = CompletableFuture.supplyAsync(() -> rotate(payments("lost-database")));
    await().until(() -> control.served("rotate") == 1);

    surroundings.postgres().stop();
    Answer answer = call.join();
    surroundings.postgres().restart();

    assertThat(answer.status()).isEqualTo(200);
    assertThat(
            control.isValid(
                answer.text("/credential/clientId"), answer.text("/credential/clientSecret")))
        .isTrue();
    assertThat(answer.header("Rekey-Rotation-Id")).isNotNull();
    assertThat(log())
        .contains("could not be recorded")
        .doesNotContain(answer.text("/credential/clientSecret"));
    String rotation = answer.header("Rekey-Rotation-Id");
    assertThat(log()).contains("[lost-database] [" + rotation + "] [");
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThat(payments("look").get("/api/v1/rotations/" + rotation).text("/state"))
                    .isEqualTo("SUCCEEDED"));
    Answer event =
        payments("look")
            .get(
                "/api/v1/audit-events?type=rotation.succeeded&subject="
                    + OKTA_SUBJECT
                    + "&limit=1");
    assertThat(event.text("/items/0/rotationId")).isEqualTo(rotation);
    assertThat(event.body().at("/items/0/backfilled").asBoolean()).isTrue();
    control.clearFaults();
    assertThat(payments("after").post(ROTATE, OKTA).status()).isEqualTo(200);
  }

  @Test
  void creationThatCannotBeRecordedIsCompensated() {
    control.fault("keycard", "create", "delay", "\"delayMs\":3000");
    var call =
        CompletableFuture.supplyAsync(
            () -> payments("lost-database").post(CHECKOUT, "{\"name\":\"build\"}"));
    await().until(() -> control.served("create") == 1);

    surroundings.postgres().stop();
    Answer answer = call.join();
    surroundings.postgres().restart();

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.text("/type")).isEqualTo("/problems/record-unavailable");
    assertThat(answer.header("x-should-retry")).isNull();
    assertThat(control.mints()).hasSize(1);
    assertThat(control.live()).doesNotContainAnyElementsOf(control.mints());
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThat(
                        payments("look")
                            .get("/api/v1/rotations/" + answer.text("/rotationId"))
                            .text("/state"))
                    .isEqualTo("COMPENSATED"));
  }

  @Test
  void callersDisconnectDoesNotStopRecording() throws Exception {
    String request = "hung-up-" + System.nanoTime();
    control.fault("conductorone", "rotate", "delay", "\"delayMs\":1500");
    try (var socket = new Socket("localhost", rekey.port())) {
      socket
          .getOutputStream()
          .write(
              ("POST "
                      + ROTATE
                      + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                      + "X-Request-Id: "
                      + request
                      + "\r\nAuthorization: Bearer "
                      + Tokens.of(surroundings.sandbox(), "payments")
                      + "\r\nContent-Length: "
                      + OKTA.length()
                      + "\r\n\r\n"
                      + OKTA)
                  .getBytes(StandardCharsets.US_ASCII));
      await().until(() -> control.served("rotate") == 1);
    }

    await()
        .untilAsserted(
            () ->
                assertThat(
                        payments("look")
                            .get("/api/v1/rotations/" + rotationOf(request))
                            .text("/state"))
                    .isEqualTo("SUCCEEDED"));
    assertThat(control.mints()).hasSize(1);
  }

  @Test
  void concurrentRequestsWithOneKeyOnTwoReplicasMintOnce() {
    try (var other = startRekey()) {
      String key = "key-" + System.nanoTime();
      var calls =
          IntStream.range(0, 20)
              .mapToObj(
                  i ->
                      CompletableFuture.supplyAsync(
                          () ->
                              payments(i % 2 == 0 ? rekey : other, "key")
                                  .with("Idempotency-Key", key)
                                  .post(CHECKOUT, "{\"name\":\"build\"}")
                                  .status()))
              .toList();

      assertThat(calls.stream().map(CompletableFuture::join))
          .containsOnly(201, 409)
          .containsOnlyOnce(201);
      assertThat(control.mints()).hasSize(1);
    }
  }

  @Test
  void shutdownFinishesRequestsInFlightAndAcceptsNoNewOnes() throws Exception {
    try (var stopping = startRekey()) {
      String request = "stopped-" + System.nanoTime();
      control.fault("conductorone", "rotate", "delay", "\"delayMs\":5000");
      var call = CompletableFuture.supplyAsync(() -> rotate(payments(stopping, request)));
      await().until(() -> control.served("rotate") == 1);

      stopping.terminate();
      await().until(() -> !stopping.isReady());
      await().until(() -> isRefused(stopping));
      boolean stillThere = stopping.isAlive();
      Answer answer = call.join();

      assertThat(stillThere).isTrue();
      assertThat(answer.status()).isEqualTo(200);
      await().atMost(Duration.ofSeconds(20)).until(() -> !stopping.isAlive());
      assertThat(payments("look").get("/api/v1/rotations/" + rotationOf(request)).text("/state"))
          .isEqualTo("SUCCEEDED");
      assertThat(control.mints()).hasSize(1);
    }
  }

  /** With a key, because the test before may have left an unknown outcome. */
  private static Answer rotate(Http payments) {
    return payments.with("Idempotency-Key", UUID.randomUUID().toString()).post(ROTATE, OKTA);
  }

  private static boolean isRefused(RekeyProcess stopping) {
    try {
      return payments(stopping, "too-late").post(ROTATE, OKTA).status() == 503;
    } catch (UncheckedIOException e) {
      return true;
    }
  }

  @Test
  @Tag("chaos")
  void whatIsWrongWithTheDatabaseIsSaidInOneLine() {
    assertThat(failed("spring.datasource.username", "rekey_nobody"))
        .contains("SPRING_DATASOURCE_USERNAME (spring.datasource.username) is refused by");
    assertThat(failed("spring.datasource.url", surroundings.postgres().jdbcUrl("gone")))
        .contains("SPRING_DATASOURCE_URL (spring.datasource.url) has to name a database that");
    assertThat(
            failed(
                Map.of(
                    "spring.flyway.enabled",
                    "false",
                    "spring.datasource.url",
                    surroundings.postgres().jdbcUrl("postgres"))))
        .contains("schema is not migrated to this version", "java -jar rekey.jar migrate");
    assertThat(
            failed(
                Map.of(
                    "spring.flyway.enabled",
                    "false",
                    "spring.datasource.username",
                    PostgresServer.OWNER)))
        .contains("SPRING_DATASOURCE_USERNAME (spring.datasource.username) is a role that may");
  }

  private static String failed(String property, String value) {
    return failed(Map.of(property, value));
  }

  private static String failed(Map<String, String> changes) {
    var properties = new HashMap<>(surroundings.properties());
    properties.putAll(changes);
    var failed = FailedStart.with(properties);
    assertThat(failed.exit()).isNotZero();
    assertThat(failed.said()).singleElement().asString().contains("Rekey does not start: ");
    return failed.said().getFirst();
  }

  private static void expireLease(String rotation) throws SQLException {
    try (var connection = surroundings.postgres().connectAsSuperuser();
        var statement =
            connection.prepareStatement(
                "update rotation_attempt set lease_until = clock_timestamp()"
                    + " where rotation_id = ?::uuid")) {
      statement.setString(1, rotation);
      statement.executeUpdate();
    }
  }

  private static String dropNewestPartition() throws SQLException {
    String newest = partitions().getLast();
    try (var connection = surroundings.postgres().connectAsSuperuser();
        var statement = connection.createStatement()) {
      statement.execute("drop table " + newest);
    }
    return newest;
  }

  private static List<String> partitions() throws SQLException {
    var names = new ArrayList<String>();
    try (var connection = surroundings.postgres().connectAsSuperuser();
        var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "select inhrelid::regclass::text from pg_inherits"
                    + " where inhparent = 'audit_event'::regclass order by 1")) {
      while (rows.next()) {
        names.add(rows.getString(1));
      }
    }
    return names;
  }

  private static void migrate() {
    var run =
        JarRun.within(
            Duration.ofMinutes(2), RekeyProcess.environment(surroundings.properties()), "migrate");
    assertThat(run.said()).singleElement().asString().contains("The schema is at version ");
    assertThat(run.exit()).isZero();
  }

  private static RekeyProcess startRekey() {
    var properties = new HashMap<>(surroundings.properties());
    properties.put("spring.flyway.enabled", "false");
    properties.remove("spring.flyway.password");
    return RekeyProcess.start(properties, logFile());
  }

  private static Path logFile() {
    return directory.resolve("rekey.log");
  }

  private static String log() {
    try {
      return Files.readString(logFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Http payments(String requestId) {
    return payments(rekey, requestId);
  }

  private static Http payments(RekeyProcess process, String requestId) {
    return process
        .http()
        .with("X-Request-Id", requestId)
        .bearer(Tokens.of(surroundings.sandbox(), "payments"));
  }

  private static String rotationOf(String request) throws SQLException {
    try (var connection = surroundings.postgres().connect(PostgresServer.SERVICE);
        var statement =
            connection.prepareStatement("select id::text from rotation where request_id = ?")) {
      statement.setString(1, request);
      try (var rows = statement.executeQuery()) {
        rows.next();
        return rows.getString(1);
      }
    }
  }
}
