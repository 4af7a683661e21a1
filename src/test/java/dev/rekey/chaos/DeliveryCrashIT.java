package dev.rekey.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.chaos.DeliveryCrash.Cell;
import dev.rekey.chaos.DeliveryCrash.Point;
import dev.rekey.chaos.DeliveryCrash.Row;
import dev.rekey.run.Control;
import dev.rekey.run.KubernetesControl;
import dev.rekey.run.Surroundings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rekey is killed at every point of a delivery and restarted. */
class DeliveryCrashIT {

  private static final MatrixPage PAGE =
      new MatrixPage(
          Path.of("docs/delivery-crash-matrix.md"),
          """
      # Crash matrix of deliveries

      The state of a rotation with `Rekey-Deliver: only` after Rekey is killed (SIGKILL) in the middle of it and
      restarted. `mvn verify -Pchaos -Dit.test=DeliveryCrashIT` kills it at every point below and writes this page. The normal
      build does so at some points and fails if this page is out of date.

      At every point the test asserts that in the end the Secret holds a pair that works, that the workload restarted once,
      and that at no time two credentials were valid that nobody held. ConductorOne replaces the old credential. At Keycard
      it stays valid until the first use of the new one, so only a rotation at Keycard waits for that.

      | upstream | killed | rotation · attempts | minted | events |
      | --- | --- | --- | --- | --- |
      """);

  @TempDir private static Path directory;

  private static final List<Replica> started = new ArrayList<>();
  private static final List<Row> rows = new ArrayList<>();

  private static Surroundings surroundings;
  private static Control control;
  private static KubernetesControl cluster;
  private static RecordChecks records;
  private static @Nullable Replica survivor;

  @BeforeAll
  static void start() {
    surroundings = Surroundings.start();
    control = new Control(surroundings.sandbox());
    cluster = new KubernetesControl(surroundings.sandbox());
    records = new RecordChecks(surroundings.postgres(), control);
  }

  @AfterAll
  static void stop() {
    started.forEach(Replica::kill);
    surroundings.close();
    if (rows.stream().map(Row::cell).toList().equals(Cell.all().toList())) {
      PAGE.write(rows);
    }
  }

  static Stream<Cell> someCells() {
    return Stream.of(
        new Cell(Target.CONDUCTORONE, Point.BEFORE_PATCH),
        new Cell(Target.KEYCARD, Point.BEFORE_PATCH),
        new Cell(Target.KEYCARD, Point.BEFORE_EVENT));
  }

  static Stream<Cell> everyCell() {
    return Cell.all();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("someCells")
  void theSecretHoldsAPairThatWorks(Cell cell) {
    Row row = killAndRestart(cell);

    assertThat(PAGE.lines())
        .as("mvn verify -Pchaos -Dit.test=DeliveryCrashIT writes the page anew")
        .contains(row.toString());
  }

  @Tag("chaos")
  @ParameterizedTest(name = "{0}")
  @MethodSource("everyCell")
  void theSecretHoldsAPairThatWorksAfterAKillAtAnyPoint(Cell cell) {
    rows.add(killAndRestart(cell));
  }

  private static Row killAndRestart(Cell cell) {
    Replica victim = survivor == null ? replica() : survivor;
    var crash = DeliveryCrash.prepare(cell, victim, control, cluster, records);
    victim.kill();
    DeliveryCrash.expireClaims(records);
    survivor = replica();
    crash.awaitSettled();
    return crash.row();
  }

  private static Replica replica() {
    Replica replica = Replica.start(surroundings, Replica.SOON_SETTLED, directory);
    started.add(replica);
    return replica;
  }
}
