package dev.rekey.rotation;

import dev.rekey.platform.Deadline;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * The time in which a replica may send what it opened, by its own clocks. It begins before the
 * lease in the database does, and is shorter. So nothing is sent once another replica may take
 * over.
 *
 * <p>Both clocks have to agree. The monotonic clock cannot be set, but stands still while a virtual
 * machine is suspended. The wall clock goes on then.
 */
final class Lease {

  /** A lease that is over. */
  static final Lease OVER = of(Duration.ZERO, Clock.systemUTC());

  private final Deadline deadline;
  private final Instant until;
  private final Clock clock;

  private Lease(Deadline deadline, Instant until, Clock clock) {
    this.deadline = deadline;
    this.until = until;
    this.clock = clock;
  }

  /** Begins now. */
  static Lease of(Duration time, Clock clock) {
    return new Lease(Deadline.in(time), clock.instant().plus(time), clock);
  }

  boolean isValid() {
    return !deadline.hasPassed() && clock.instant().isBefore(until);
  }
}
