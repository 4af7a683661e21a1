package dev.rekey.verify;

import dev.rekey.audit.chain.CanonicalBytes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Collects events that were first signed long after they were written: the sealer was down, or an
 * attacker removed checkpoints and let the service sign again.
 */
final class LateSignatures {

  private @Nullable Instant previous;
  private Duration longestGap = Duration.ZERO;
  private long events;
  private @Nullable Late latest;

  private record Late(long from, long to, Duration by) {}

  /** Starts after a checkpoint, null if none is known. */
  LateSignatures(@Nullable CheckedCheckpoint start) {
    this.previous = start == null ? null : start.checkpoint().takenAt();
  }

  /**
   * Adds a checkpoint of the chain.
   *
   * @param from the first event that it is the first to cover
   * @param count how many events it is the first to cover
   * @param oldest when the oldest of them was written, in microseconds since 2000
   */
  void add(CheckedCheckpoint checkpoint, long from, long count, long oldest) {
    Instant firstTakenAt = checkpoint.firstTakenAt();
    if (previous != null) {
      Duration gap = Duration.between(previous, firstTakenAt);
      longestGap = gap.compareTo(longestGap) > 0 ? gap : longestGap;
    }
    previous = checkpoint.checkpoint().takenAt();
    if (count > 0 && oldest < CanonicalBytes.micros(firstTakenAt) - CheckpointCoverage.GRACE) {
      events += count;
      Duration by = Duration.between(CanonicalBytes.instant(oldest), firstTakenAt);
      if (latest == null || by.compareTo(latest.by()) > 0) {
        latest = new Late(from, checkpoint.seq(), by);
      }
    }
  }

  /** Sentences for the report; empty if all events were signed in time. */
  List<String> notes() {
    return latest == null
        ? List.of()
        : List.of(
            "%d events were first signed more than ten minutes after the oldest of them was written."
                .formatted(events),
            "The latest were seq %d to %d, first signed after %s. The longest time between two"
                    .formatted(latest.from(), latest.to(), text(latest.by()))
                + " checkpoints is %s.".formatted(text(longestGap)));
  }

  private static String text(Duration time) {
    return "%d d %d h %d min".formatted(time.toDays(), time.toHoursPart(), time.toMinutesPart());
  }
}
