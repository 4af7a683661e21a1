package dev.rekey.platform;

import java.time.Duration;

/** A time on the monotonic clock until which work has to be finished. */
public final class Deadline {

  private final long nanoTime;

  private Deadline(long nanoTime) {
    this.nanoTime = nanoTime;
  }

  public static Deadline in(Duration duration) {
    return new Deadline(System.nanoTime() + duration.toNanos());
  }

  /** The time left; zero after the deadline, never negative. */
  public Duration remaining() {
    return Duration.ofNanos(Math.max(0, nanoTime - System.nanoTime()));
  }

  public boolean hasPassed() {
    return remaining().isZero();
  }

  /** The earlier one of this deadline and the end of the duration. */
  public Deadline atMost(Duration duration) {
    return remaining().compareTo(duration) <= 0 ? this : in(duration);
  }
}
