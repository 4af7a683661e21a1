package dev.rekey.audit.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyIT;
import dev.rekey.run.Scrape;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Measures the lag while the sealer's lock is held. */
@ExtendWith(OutputCaptureExtension.class)
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
  void lagOfARestoredDumpIsMeasuredLikeAnyOther() throws SQLException {
    try (Connection open = postgres().connectAsSuperuser()) {
      hold(open);
      execute("update audit_sealer set cluster = 1, sealed = '900000000:900000000:'");
      as("payments").post(ROTATE, OKTA);

      await().pollDelay(Duration.ofSeconds(1)).until(() -> measured() > 1);
    }
    await().until(() -> query("select 1 from audit_sealer where cluster = 1").isEmpty());
    await().until(() -> measured() == 0);
  }

  /** The service's role may change the row. So may a restore whose transaction ids were passed. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "sealed = '99999999:99999999:'",
        "sealed = pg_current_snapshot()",
        "sealed = '1:1:', target = '99999999:99999999:', after_xid = '1', after_id ="
            + " gen_random_uuid()",
        "target = pg_current_snapshot(), after_xid = '99999999', after_id = gen_random_uuid()"
      })
  void eventsThatAChangedPositionHidesAreFoundAndSealed(String change, CapturedOutput output)
      throws SQLException {
    assertSealedAfter(change);

    assertThat(output)
        .contains(
            "The sealer's position is of another database, or was changed: it searches all events");
  }

  @Test
  void positionThatHidesNoEventIsUsed(CapturedOutput output) throws SQLException {
    assertSealedAfter("target = '1:1:', after_xid = '1', after_id = gen_random_uuid()");

    assertThat(output).doesNotContain("it searches all events");
  }

  private void assertSealedAfter(String change) throws SQLException {
    try (Connection open = postgres().connectAsSuperuser()) {
      hold(open);
      as("payments").post(ROTATE, OKTA);
      execute("update audit_sealer set target = null, after_xid = null, after_id = null");
      execute("update audit_sealer set " + change);
      assertThat(measured()).isPositive();
      execute("update audit_sealer set cluster = system_identifier from pg_control_system()");
    }

    await().pollInterval(Duration.ofSeconds(1)).until(() -> measured() == 0);
    assertThat(unsealed()).isEmpty();
  }

  /** An old transaction that the sealer has passed, or one of a cluster that was ahead. */
  @ParameterizedTest
  @ValueSource(longs = {3, 99_999_999})
  void oldEventOfAHiddenTransactionIsFoundAndSealed(long transaction) throws SQLException {
    try (Connection open = postgres().connectAsSuperuser()) {
      hold(open);
      insert("now() - interval '40 days'");
      execute(
          "set session_replication_role = replica;"
              + " update audit_event set recorded_in = '%d' where request_id = '%s'"
                  .formatted(transaction, requestId));
    }

    await()
        .untilAsserted(
            () -> {
              measured();
              assertThat(unsealed()).isEmpty();
            });
  }

  @Test
  void lagGrowsForFutureEventsToo() throws SQLException {
    try (Connection open = postgres().connectAsSuperuser()) {
      hold(open);
      insert("now() + interval '1 day'");
      measured();

      await().pollDelay(Duration.ofSeconds(1)).until(() -> measured() > 1);

      execute(
          "set session_replication_role = replica; delete from audit_event where request_id = '%s'"
              .formatted(requestId));
    }
  }

  private void insert(String time) {
    execute(
        "insert into audit_event (id, type, occurred_at, actor_id, actor_kind, request_id)"
            + " values (test_uuidv7(), 'access.denied', %s, 'lag', 'caller', ?)".formatted(time),
        requestId);
  }

  private List<Map<String, Object>> unsealed() {
    return query(
        "select 1 from audit_event e left join audit_seal s on s.event_id = e.id"
            + " where e.request_id = ? and s.seq is null",
        requestId);
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
