package dev.rekey.platform;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * A time until which work has to be finished. It has passed once one of two clocks says so. The
 * monotonic clock cannot be set, but may stand still while a machine is suspended. The wall clock
 * is right again soon after that.
 */
public final class Deadline {

  private final long nanoTime;
  private final Instant until;
  private final Clock wall;

  private Deadline(Duration duration, Clock wall) {
    this.nanoTime = System.nanoTime() + duration.toNanos();
    this.until = wall.instant().plus(duration);
    this.wall = wall;
  }

  public static Deadline in(Duration duration) {
    return in(duration, Clock.systemUTC());
  }

  /** Same, with another wall clock. */
  static Deadline in(Duration duration, Clock wall) {
    return new Deadline(duration, wall);
  }

  /** The time left; zero after the deadline, never negative. */
  public Duration remaining() {
    var monotonic = Duration.ofNanos(nanoTime - System.nanoTime());
    var byTheWall = Duration.between(wall.instant(), until);
    var least = monotonic.compareTo(byTheWall) < 0 ? monotonic : byTheWall;
    return least.isNegative() ? Duration.ZERO : least;
  }

  public boolean hasPassed() {
    return remaining().isZero();
  }

  /** The earlier one of this deadline and the end of the duration. */
  public Deadline atMost(Duration duration) {
    return remaining().compareTo(duration) <= 0 ? this : in(duration, wall);
  }
}
