package dev.rekey.policy;

import java.time.Duration;
import java.time.Instant;

/**
 * A time in which rotations may start.
 *
 * @param start inclusive
 * @param end exclusive
 */
public record Opening(Instant start, Instant end) {

  static final Opening ALWAYS = new Opening(Instant.MIN, Instant.MAX);

  boolean includes(Instant at) {
    return !at.isBefore(start) && at.isBefore(end);
  }

  /** Its length, at most so long. */
  Duration lengthUpTo(Duration most) {
    return end.isAfter(start.plus(most)) ? most : Duration.between(start, end);
  }
}
