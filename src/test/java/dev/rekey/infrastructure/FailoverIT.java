package dev.rekey.infrastructure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.platform.Pause;
import dev.rekey.run.Http.Answer;
import dev.rekey.run.PostgresServer;
import dev.rekey.run.RekeyProcess;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The database behind HAProxy fails over, or leaves Rekey with sessions that cannot write. */
@Tag("infrastructure")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class FailoverIT {

  private static final Duration SECONDS = Duration.ofSeconds(10);

  @Test
  void aPromotionUnderLoadLosesNothingAndWritesRecoverWithinSeconds() {
    var postgres = PostgresPair.replicated();
    try (var trial = Trial.on(postgres, "promotion")) {
      RekeyProcess rekey = rekey(trial, postgres);
      try (var _ = trial.load(rekey.http())) {
        Pause.sleep(SECONDS);
        postgres.stop();
        assertNotWritable(trial, rekey);

        postgres.promote();

        trial.assertRecovers(rekey, SECONDS);
        Pause.sleep(SECONDS);
      }
      trial.assertSound();
    }
  }

  @Test
  void sessionsOnAStandbyAreReplacedOnceThePrimaryIsBack() throws Exception {
    var postgres = PostgresPair.replicated();
    try (var trial = Trial.on(postgres, "switched")) {
      RekeyProcess rekey = rekey(trial, postgres);
      try (var _ = trial.load(rekey.http())) {
        Pause.sleep(SECONDS);
        postgres.leadToTheStandby();
        assertNotWritable(trial, rekey);

        postgres.leadNewSessionsToThePrimary();

        trial.assertRecovers(rekey, SECONDS);
        Pause.sleep(SECONDS);
      }
      trial.assertSound();
    }
  }

  @Test
  void sessionsWithReadOnlyTransactionsAreReplacedOnceTheyMayWrite() throws Exception {
    var postgres = PostgresPair.replicated();
    try (var trial = Trial.on(postgres, "read-only")) {
      RekeyProcess rekey = rekey(trial, postgres);
      try (var _ = trial.load(rekey.http())) {
        Pause.sleep(SECONDS);
        execute(postgres, "alter role rekey_service set default_transaction_read_only = on");
        execute(
            postgres,
            "select pg_terminate_backend(pid) from pg_stat_activity where usename = '"
                + PostgresServer.SERVICE
                + "'");
        assertNotWritable(trial, rekey);

        execute(postgres, "alter role rekey_service reset default_transaction_read_only");

        trial.assertRecovers(rekey, SECONDS);
        Pause.sleep(SECONDS);
      }
      trial.assertSound();
    }
  }

  /** Starts Rekey with the service's connections through HAProxy. */
  private static RekeyProcess rekey(Trial trial, PostgresPair postgres) {
    return trial.rekey(Map.of("spring.datasource.url", postgres.balancedUrl()));
  }

  /**
   * Asserts that Rekey reports it: to callers as a problem that waiting solves, and as not ready.
   */
  private static void assertNotWritable(Trial trial, RekeyProcess rekey) {
    await().atMost(SECONDS).until(() -> !rekey.isReady());
    assertThat(rekey.isLive()).isTrue();
    Answer refused = trial.mint(rekey.http());
    assertThat(refused.status()).as(refused.raw().body()).isEqualTo(503);
    assertThat(refused.text("/type")).isEqualTo("/problems/record-unavailable");
    assertThat(refused.header("x-should-retry")).isNull();
  }

  private static void execute(PostgresServer postgres, String sql) throws SQLException {
    try (var connection = postgres.connectAsSuperuser();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
