package dev.rekey.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class DeadlineTest {

  private static final Duration HOUR = Duration.ofHours(1);

  @Test
  void remainingTimeIsNeverNegative() {
    Deadline past = Deadline.in(HOUR.negated());

    assertThat(past.remaining()).isZero();
    assertThat(past.hasPassed()).isTrue();
    assertThat(Deadline.in(HOUR).hasPassed()).isFalse();
  }

  /** The monotonic clock may stand still while a machine is suspended. */
  @Test
  void aDeadlineHasPassedOnceTheWallClockSaysSo() {
    var now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    InstantSource wall = now::get;
    Deadline deadline = Deadline.in(HOUR, wall.withZone(ZoneOffset.UTC));

    now.set(now.get().plus(HOUR));

    assertThat(deadline.hasPassed()).isTrue();
  }

  /** Somebody can set the wall clock back. */
  @Test
  void aDeadlineHasPassedOnceTheMonotonicClockSaysSo() {
    Deadline deadline =
        Deadline.in(Duration.ofNanos(1), Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));

    assertThat(deadline.hasPassed()).isTrue();
  }

  @Test
  void atMostNeverPostponesADeadline() {
    Deadline deadline = Deadline.in(HOUR);

    assertThat(deadline.atMost(HOUR.multipliedBy(2))).isSameAs(deadline);
    assertThat(deadline.atMost(Duration.ofMinutes(1)).remaining())
        .isLessThanOrEqualTo(Duration.ofMinutes(1))
        .isPositive();
  }
}
