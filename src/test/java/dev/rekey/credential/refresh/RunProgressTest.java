package dev.rekey.credential.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.credential.refresh.RefreshRuns.Run;
import dev.rekey.credential.refresh.ScanTargets.Count;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The times of runs, scans and checkpoints. */
class RunProgressTest {

  private static final Instant START = Instant.parse("2026-06-01T12:00:00Z");
  private static final Duration INTERVAL = Duration.ofMinutes(15);
  private static final Run FIRST = new Run(1, START, null, null);
  private static final Run LATER = new Run(2, START, null, START.minus(INTERVAL));

  @Test
  void firstRunIsDueAtOnce() {
    assertThat(RunProgress.nextRunAt(new Run(0, null, null, null), INTERVAL))
        .isEqualTo(Instant.EPOCH);
  }

  @Test
  void laterRunsAreDueBeforeTheIntervalEndsAtDifferentTimes() {
    var times =
        LongStream.range(1, 50)
            .mapToObj(
                number -> RunProgress.nextRunAt(new Run(number, START, START, START), INTERVAL))
            .toList();

    assertThat(times)
        .allSatisfy(
            time ->
                assertThat(time)
                    .isBetween(START.plus(Duration.ofMinutes(12)), START.plusSeconds(855)));
    assertThat(times).doesNotHaveDuplicates();
  }

  @Test
  void firstRunIsNotSpread() {
    RunProgress progress = progress(FIRST, 10);
    Instant now = START.plusSeconds(3);

    progress.scanned("a", START);
    progress.schedule(now, 0.5);

    assertThat(progress.nextAt()).isEqualTo(now);
  }

  @Test
  void laterRunsAreSpreadOverThreeQuartersOfTheInterval() {
    RunProgress progress = progress(LATER, 10);
    Duration gap = INTERVAL.multipliedBy(3).dividedBy(40);

    progress.scanned("a", START);
    progress.schedule(START, 0);
    assertThat(progress.nextAt()).isEqualTo(START.plus(gap));

    progress.scanned("b", START);
    progress.schedule(START, 0.5);
    assertThat(progress.nextAt()).isEqualTo(START.plus(gap.multipliedBy(5).dividedBy(2)));
    assertThat(progress.position()).isEqualTo("b");
  }

  @Test
  void foundTargetsMakeTheGapsShorter() {
    RunProgress progress = progress(LATER, 10);
    progress.scanned("a", START);
    progress.found(20);

    progress.schedule(START, 0);

    assertThat(progress.nextAt()).isEqualTo(START.plus(INTERVAL.multipliedBy(3).dividedBy(80)));
  }

  @Test
  void checkpointIsDueAFifteenthOfTheIntervalAfterTheFirstScan() {
    RunProgress progress = progress(LATER, 10);
    Instant due = START.plus(INTERVAL.dividedBy(15));
    assertThat(progress.isCheckpointDue(Instant.MAX)).isFalse();

    progress.scanned("a", START);
    progress.scanned("b", START.plusSeconds(50));

    assertThat(progress.uncheckedSince()).isEqualTo(START);
    assertThat(progress.isCheckpointDue(due)).isFalse();
    assertThat(progress.isCheckpointDue(due.plusMillis(1))).isTrue();
    progress.checkpointed();
    assertThat(progress.isCheckpointDue(Instant.MAX)).isFalse();
  }

  private static RunProgress progress(Run run, long targets) {
    return new RunProgress(run, INTERVAL, new Count(targets, 0), "", START);
  }
}
