package dev.rekey.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
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

  @Test
  void atMostNeverPostponesADeadline() {
    Deadline deadline = Deadline.in(HOUR);

    assertThat(deadline.atMost(HOUR.multipliedBy(2))).isSameAs(deadline);
    assertThat(deadline.atMost(Duration.ofMinutes(1)).remaining())
        .isLessThanOrEqualTo(Duration.ofMinutes(1))
        .isPositive();
  }
}
