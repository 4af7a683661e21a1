package dev.rekey.rotation;

import static dev.rekey.run.Control.delayMs;
import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyIT;
import dev.rekey.run.Http.Answer;
import dev.rekey.run.PostgresServer;
import dev.rekey.run.Scrape;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * PostgreSQL ends all sessions and lets new ones only read, as a standby after a failover does. The
 * sessions that were opened meanwhile stay read-only when others may write again.
 */
class ReadOnlyDatabaseIT extends RekeyIT {

  private static final String READ_ONLY =
      "alter role " + PostgresServer.SERVICE + " set default_transaction_read_only = on";
  private static final String WRITABLE =
      "alter role " + PostgresServer.SERVICE + " reset default_transaction_read_only";
  private static final Duration SECONDS = Duration.ofSeconds(10);

  @AfterEach
  void recover() {
    execute(WRITABLE);
    await().atMost(SECONDS).until(this::isReady);
  }

  @Test
  void everyRouteThatWritesReportsIt() {
    String id = as("payments").post(CHECKOUT, json("name", "kept")).text("/id");
    makeReadOnly();

    var refused =
        List.of(
            as("payments").post(ROTATE, OKTA),
            as("payments").post(CHECKOUT, json("name", "one")),
            as("payments").send("PATCH", CHECKOUT + "/" + id, json("name", "two")),
            as("payments").delete(CHECKOUT + "/" + id));

    assertThat(refused)
        .allSatisfy(
            answer -> {
              assertThat(answer.status()).as(answer.raw().body()).isEqualTo(503);
              assertThat(answer.text("/type")).isEqualTo("/problems/record-unavailable");
              assertThat(answer.header("x-should-retry")).isNull();
            });
    assertThat(control().mints()).hasSize(1);
    await().atMost(SECONDS).until(() -> writable() == 0);
    assertThat(as("payments").get("/api/v1/credentials").status()).isEqualTo(200);
  }

  @Test
  void readOnlySessionsAreReplacedOnceOthersMayWrite() {
    makeReadOnly();

    execute(WRITABLE);

    await()
        .atMost(SECONDS)
        .untilAsserted(() -> assertThat(as("payments").post(ROTATE, OKTA).status()).isEqualTo(200));
    await().atMost(SECONDS).until(() -> isReady() && writable() == 1);
  }

  @Test
  void openRotationsAreSettledOnceOthersMayWrite() throws Exception {
    control().fault("conductorone", "rotate", "delay", delayMs(2_000));
    control().fault("keycard", "create", "delay", delayMs(2_000));
    Future<Answer> replacing = inParallel(() -> as("payments").post(ROTATE, OKTA));
    Future<Answer> additive =
        inParallel(() -> as("payments").post(CHECKOUT, json("name", "additive")));
    await().until(() -> states().equals(List.of("PENDING", "PENDING")));
    makeReadOnly();

    assertThat(replacing.get().status()).isEqualTo(200);
    assertThat(additive.get().text("/type")).isEqualTo("/problems/record-unavailable");
    execute(WRITABLE);

    await().atMost(SECONDS).until(() -> states().equals(List.of("COMPENSATED", "SUCCEEDED")));
    assertThat(keycardDirectly().get(CHECKOUT).raw().body()).doesNotContain("additive");
  }

  private static Future<Answer> inParallel(Supplier<Answer> request) {
    return CompletableFuture.supplyAsync(request);
  }

  private void makeReadOnly() {
    execute(READ_ONLY);
    query(
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = ?",
        PostgresServer.SERVICE);
    await().atMost(SECONDS).until(() -> !isReady());
  }

  private boolean isReady() {
    return management().get("/actuator/health/readiness").status() == 200;
  }

  private double writable() {
    return Scrape.of(management()).of("rekey_database_writable");
  }

  /** The states of this test's rotations, in alphabetical order. */
  private List<String> states() {
    return query("select state from rotation where request_id = ? order by 1", requestId).stream()
        .map(row -> (String) row.get("state"))
        .toList();
  }
}
