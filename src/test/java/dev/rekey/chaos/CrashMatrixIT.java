package dev.rekey.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.chaos.CrashMatrix.Row;
import dev.rekey.run.Control;
import dev.rekey.run.Surroundings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Rekey is killed at every point of a rotation and restarted. Sandbox and database are never reset,
 * so each comparison covers everything so far.
 */
class CrashMatrixIT {

  @TempDir private static Path directory;

  private static final List<Replica> started = new ArrayList<>();
  private static final List<Row> rows = new ArrayList<>();

  private static Surroundings surroundings;
  private static Control control;
  private static RecordChecks records;

  /**
   * The process that was started after the last kill, and is killed next; null if there is none.
   */
  private static @Nullable Replica survivor;

  @BeforeAll
  static void start() {
    surroundings = Surroundings.start();
    control = new Control(surroundings.sandbox());
    records = new RecordChecks(surroundings.postgres(), control);
  }

  @AfterAll
  static void stop() {
    started.forEach(Replica::kill);
    surroundings.close();
    if (rows.stream().map(Row::cell).toList().equals(everyCell())) {
      CrashMatrix.PAGE.write(rows);
    }
  }

  @Test
  void noMintIsLostInAKillDuringManyRotations() {
    // On a slow machine, the reconciler could settle the first rotation before the kill.
    Replica victim = replica(Map.of("rekey.rotation.reconcile-every", "1d"));
    List<Crash> crashes =
        Cell.together().stream()
            .map(cell -> Crash.prepare(cell, victim, control, records))
            .toList();
    victim.kill();

    Replica successor = assertSurvived(crashes, Map.of());

    assertThat(CrashMatrix.PAGE.lines())
        .as("docs/crash-matrix.md; mvn verify -Pchaos -Dit.test=CrashMatrixIT writes it anew")
        .containsAll(crashes.stream().map(Crash::row).map(Row::toString).toList());
    assertNewRotationsSucceed(crashes, successor);
  }

  static List<Cell> everyCell() {
    return Cell.all().toList();
  }

  @Tag("chaos")
  @ParameterizedTest(name = "{0}")
  @MethodSource("everyCell")
  void noMintIsLostInAKillDuringARotation(Cell cell) {
    Replica victim = survivor == null || cell.isAdditive() ? replica(cell.settings()) : survivor;
    survivor = null;
    control.mode(cell.isAdditive() ? "additive" : "replacing");
    var crash = Crash.prepare(cell, victim, control, records);
    victim.kill();

    Replica successor = assertSurvived(List.of(crash), cell.settings());

    rows.add(crash.row());
    assertNewRotationsSucceed(List.of(crash), successor);
    survivor = cell.isAdditive() ? null : successor;
  }

  private static Replica assertSurvived(List<Crash> crashes, Map<String, String> settings) {
    crashes.forEach(Crash::assertInterrupted);
    records.assertEveryMintIsRecorded();
    // Claims and leases of the killed process would expire too late for this test.
    records.execute(
        "update rotation_attempt set next_check_at = clock_timestamp()"
            + " where next_check_at is not null");
    records.execute("update credential_change set lease_until = clock_timestamp()");
    Replica successor = replica(settings);
    crashes.forEach(Crash::awaitSettled);
    records.assertSettled();
    return successor;
  }

  private static void assertNewRotationsSucceed(List<Crash> crashes, Replica successor) {
    crashes.forEach(crash -> crash.assertNewRotationSucceeds(successor));
    records.assertSettled();
  }

  /** Starts a process after killing all others. */
  private static Replica replica(Map<String, String> more) {
    started.forEach(Replica::kill);
    var settings = new HashMap<>(Replica.SOON_SETTLED);
    settings.putAll(more);
    Replica replica = Replica.start(surroundings, settings, directory);
    started.add(replica);
    return replica;
  }
}
