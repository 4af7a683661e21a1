package dev.rekey.verify;

import dev.rekey.audit.chain.CanonicalBytes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what was first signed long after it was written: the sealer stood still, or somebody took
 * the checkpoints away and had the service sign anew.
 */
final class Lateness {

  private @Nullable Instant previous;
  private Duration longestGap = Duration.ZERO;
  private long events;
  private @Nullable Latest latest;

  private record Latest(long from, long to, Duration by) {}

  /**
   * Begins behind a place.
   *
   * @param start the checkpoint that vouches for it; null if none is known to
   */
  Lateness(@Nullable Voucher start) {
    this.previous = start == null ? null : start.checkpoint().takenAt();
  }

  /**
   * Notes a checkpoint on the way.
   *
   * @param tail how many events are the first that it vouches for
   * @param oldest when the oldest of them was written
   */
  void signed(Voucher voucher, long from, long tail, long oldest) {
    if (previous != null) {
      Duration gap = Duration.between(previous, voucher.since());
      longestGap = gap.compareTo(longestGap) > 0 ? gap : longestGap;
    }
    previous = voucher.checkpoint().takenAt();
    long micros = CanonicalBytes.micros(voucher.since());
    if (tail > 0 && oldest < micros - Vouching.GRACE) {
      events += tail;
      late(new Latest(from, voucher.seq(), between(oldest, voucher.since())));
    }
  }

  private static Duration between(long micros, Instant end) {
    return Duration.between(CanonicalBytes.instant(micros), end);
  }

  private void late(Latest some) {
    if (latest == null || some.by().compareTo(latest.by()) > 0) {
      latest = some;
    }
  }

  List<String> remarks() {
    return latest == null
        ? List.of()
        : List.of(
            "%d events were first signed more than ten minutes after the oldest of them was written."
                .formatted(events),
            "seq %d to %d most so: first signed %s after. The longest time between two checkpoints"
                    .formatted(latest.from(), latest.to(), text(latest.by()))
                + " is %s.".formatted(text(longestGap)));
  }

  private static String text(Duration time) {
    return "%d d %d h %d min".formatted(time.toDays(), time.toHoursPart(), time.toMinutesPart());
  }
}
