package dev.rekey.credential;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The days before an expiry at which it is notified, down to 0 for the expiry itself. */
final class ExpiryThresholds {

  private final NavigableSet<Integer> days;

  /** Adds the expiry itself. */
  ExpiryThresholds(Collection<Integer> daysBefore) {
    this.days = new TreeSet<>(daysBefore);
    days.add(0);
  }

  /**
   * Returns when the next threshold is reached; null if every threshold was notified.
   *
   * @param notifiedDays the threshold that was notified last; null if none was
   */
  @Nullable Instant notifyAt(Instant expiry, @Nullable Integer notifiedDays) {
    Integer next = notifiedDays == null ? days.last() : days.lower(notifiedDays);
    return next == null ? null : expiry.minus(Duration.ofDays(next));
  }

  /** Returns the reached threshold that is nearest to the expiry. Throws if none is reached. */
  int reached(Instant expiry, Instant now) {
    return days.stream()
        .filter(each -> !expiry.minus(Duration.ofDays(each)).isAfter(now))
        .findFirst()
        .orElseThrow();
  }
}
