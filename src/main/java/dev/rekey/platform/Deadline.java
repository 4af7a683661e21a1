package dev.rekey.platform;

import java.time.Duration;

/** A moment on the monotonic clock by which work has to be done. */
public final class Deadline {

  private final long nanoTime;

  private Deadline(long nanoTime) {
    this.nanoTime = nanoTime;
  }

  public static Deadline in(Duration duration) {
    return new Deadline(System.nanoTime() + duration.toNanos());
  }

  /** What is left; zero once it has passed, never negative. */
  public Duration remaining() {
    return Duration.ofNanos(Math.max(0, nanoTime - System.nanoTime()));
  }

  public boolean hasPassed() {
    return remaining().isZero();
  }

  /** This deadline, or one that ends earlier. */
  public Deadline atMost(Duration duration) {
    return remaining().compareTo(duration) <= 0 ? this : in(duration);
  }
}
