package dev.rekey.audit.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyIT;
import dev.rekey.run.Scrape;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Measures the lag while the sealer's lock is held. */
class SealerLagIT extends RekeyIT {

  @Autowired private SealerLag lag;

  @Test
  void lagGrowsWhileNothingIsSealed() throws SQLException {
    try (Connection open = postgres().connectAsSuperuser()) {
      hold(open);
      as("payments").post(ROTATE, OKTA);

      assertThat(measured()).isPositive();
      await().pollDelay(Duration.ofSeconds(1)).until(() -> measured() > 1);
      assertThat(measured()).isLessThan(60);
    }
    await().until(() -> measured() == 0);
  }

  @Test
  void lagOfARestoredDumpIsTheAgeOfTheLastCheckpoint() throws SQLException {
    as("payments").post(ROTATE, OKTA);
    await().until(() -> numberOf("select count(*) from audit_checkpoint") > 0);
    try (Connection open = postgres().connectAsSuperuser()) {
      hold(open);
      execute("update audit_sealer set cluster = 1, sealed = '900000000:900000000:'");

      assertThat(measured())
          .isBetween(
              0.0,
              1.0
                  + numberOf(
                      "select extract(epoch from clock_timestamp() - max(taken_at))::bigint"
                          + " from audit_checkpoint"));
    }
    await().until(() -> query("select 1 from audit_sealer where cluster = 1").isEmpty());
  }

  /** Holds the sealer's lock until the connection is closed. */
  private static void hold(Connection connection) throws SQLException {
    try (var statement = connection.prepareStatement("select pg_advisory_lock(?)")) {
      statement.setLong(1, SealerState.LOCK);
      statement.execute();
    }
  }

  private double measured() {
    lag.sample();
    return Scrape.of(management()).of("rekey_audit_sealer_lag_seconds");
  }
}
