package dev.rekey.infrastructure;

import dev.rekey.run.PostgresServer;
import dev.rekey.run.RekeyProcess;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The database is restored on one system identifier. {@link FailoverIT} promotes a standby. */
@Tag("infrastructure")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class RestoreIT {

  private static final String EVENT =
      "insert into audit_event (id, type, occurred_at, actor_id, actor_kind)"
          + " values (test_uuidv7(), 'access.denied', now(), 'restore-it', 'caller')";

  @Test
  void aDumpIsSealedOnceInACopyThatIsBehind() throws SQLException {
    var postgres = RestorablePostgres.original();
    try (var trial = Trial.on(postgres, "dumped")) {
      postgres.backUp();
      useUpTransactions(postgres, 50_000);
      mintAndKill(trial);
      execute(postgres, EVENT);

      postgres.continueAsCopy();
      postgres.load();

      mintAndKill(trial);
      // The copy uses the transaction ids of the dump's events.
      useUpTransactions(postgres, 60_000);
      mintAndKill(trial);
    }
  }

  @Test
  void aDatabaseThatWasRecoveredToAnEarlierMomentIsSealed() throws SQLException {
    var postgres = RestorablePostgres.original();
    try (var trial = Trial.on(postgres, "recovered")) {
      RekeyProcess before = trial.rekey(Map.of());
      trial.mint(before.http());
      postgres.backUp();
      trial.mint(before.http());
      execute(postgres, "select pg_create_restore_point('earlier')");
      trial.mint(before.http());
      before.kill();

      postgres.continueAsCopy("earlier");

      mintAndKill(trial);
    }
  }

  /** Starts Rekey, mints, and stops it once everything is sealed and verified. */
  private static void mintAndKill(Trial trial) {
    RekeyProcess rekey = trial.rekey(Map.of());
    for (int i = 0; i < 3; i++) {
      trial.mint(rekey.http());
    }
    trial.assertSealedAndVerified();
    rekey.kill();
  }

  private static void useUpTransactions(PostgresServer postgres, int count) throws SQLException {
    execute(
        postgres,
        "do $$ begin for i in 1.."
            + count
            + " loop perform pg_current_xact_id(); commit; end loop; end $$");
  }

  private static void execute(PostgresServer postgres, String sql) throws SQLException {
    try (var connection = postgres.connectAsSuperuser();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
