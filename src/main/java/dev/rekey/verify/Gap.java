package dev.rekey.verify;

import java.time.Duration;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Consecutive missing events of one month. Times are in microseconds since 2000. */
final class Gap {

  /** How much later than it happened an event may be written, as after an outage. */
  private static final long MAX_DELAY =
      Duration.ofDays(31).dividedBy(ChronoUnit.MICROS.getDuration());

  final Link first;

  /** The month by the seals; null if unknown, as in an export. */
  final @Nullable YearMonth month;

  long last;

  private final long timeBefore;

  /** The time of the event after the gap; {@link Long#MIN_VALUE} if unknown. */
  long timeAfter = Long.MAX_VALUE;

  /** Starts with one event; the time before it is {@link Long#MIN_VALUE} if unknown. */
  Gap(Link first, long timeBefore) {
    this.first = first;
    this.month = first.month();
    this.last = first.seq;
    this.timeBefore = timeBefore;
  }

  boolean isContinuedBy(Link link) {
    return isBefore(link) && Objects.equals(month, link.month());
  }

  boolean isBefore(Link link) {
    return last == link.seq - 1;
  }

  /** Whether the events can be of that month, by their seals and the neighbours' times. */
  boolean canBeOf(YearMonth other) {
    return (month == null || month.equals(other))
        && timeBefore <= PartitionDrop.end(other) + MAX_DELAY
        && PartitionDrop.end(other.minusMonths(1)) - MAX_DELAY <= timeAfter;
  }
}
