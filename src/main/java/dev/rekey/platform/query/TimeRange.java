package dev.rekey.platform.query;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A range of time: {@code from} is inclusive, {@code to} exclusive, and null has no limit. */
public record TimeRange(@Nullable Instant from, @Nullable Instant to) {

  public static final TimeRange UNBOUNDED = new TimeRange(null, null);

  /** Throws an {@code invalid-parameter} problem outside the years 1970 to 9999. */
  public static TimeRange of(@Nullable Instant from, @Nullable Instant to) {
    if (!SqlTime.isInRange(from) || !SqlTime.isInRange(to)) {
      throw QueryText.invalid("from and to have to lie in the years 1970 to 9999.");
    }
    return new TimeRange(from, to);
  }

  /** Like {@link #of}, and {@code from} has to be before {@code to}. */
  public static TimeRange ordered(@Nullable Instant from, @Nullable Instant to) {
    TimeRange range = of(from, to);
    if (from != null && to != null && !from.isBefore(to)) {
      throw QueryText.invalid("from has to be before to.");
    }
    return range;
  }

  /** Whether a time is in the range; null is in none. */
  public boolean includes(@Nullable Instant at) {
    return at != null && (from == null || !at.isBefore(from)) && (to == null || at.isBefore(to));
  }

  /** Adds the condition that a column's time is in the range. */
  public void addTo(Conditions where, String column) {
    if (from != null) {
      where.and(column + " >= :from", "from", from);
    }
    if (to != null) {
      where.and(column + " < :to", "to", to);
    }
  }
}
