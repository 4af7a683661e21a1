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
  private Duration latestBy = Duration.ZERO;
  private String latest = "";

  /** Starts after a checkpoint, null if none is known. */
  LateSignatures(@Nullable CheckedCheckpoint start) {
    this.previous = start == null ? null : start.checkpoint().takenAt();
  }

  /**
   * Adds a checkpoint of the chain, which is the first to cover {@code count} events; {@code
   * oldest} is when the oldest of them was written, in microseconds since 2000.
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
      if (by.compareTo(latestBy) > 0) {
        latestBy = by;
        latest = "seq %d to %d".formatted(from, checkpoint.seq());
      }
    }
  }

  /** Sentences for the report; empty if all events were signed in time. */
  List<String> notes() {
    return events == 0
        ? List.of()
        : List.of(
            "%d events were first signed more than ten minutes after the oldest of them was written."
                .formatted(events),
            "The latest were %s, first signed after %s. The longest time between two checkpoints is %s."
                .formatted(latest, text(latestBy), text(longestGap)));
  }

  private static String text(Duration time) {
    return "%d d %d h %d min".formatted(time.toDays(), time.toHoursPart(), time.toMinutesPart());
  }
}
