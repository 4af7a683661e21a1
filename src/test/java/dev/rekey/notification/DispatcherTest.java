package dev.rekey.notification;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Checks the pause before a retry. */
class DispatcherTest {

  private static final Duration NO_RETRY_AFTER = Duration.ZERO;

  @Test
  void pausesGrowWithTheAgeAndHaveJitter() {
    assertThat(pauses(Duration.ZERO, NO_RETRY_AFTER)).allMatch(between(2_500, 5_000));
    assertThat(pauses(Duration.ofMinutes(1), NO_RETRY_AFTER)).allMatch(between(30_000, 60_000));
    assertThat(pauses(Duration.ofDays(2), NO_RETRY_AFTER)).allMatch(between(450_000, 900_000));
    assertThat(pauses(Duration.ofMinutes(1), NO_RETRY_AFTER).distinct()).hasSizeGreaterThan(50);
  }

  @Test
  void retryAfterIsHonouredUpToAnHour() {
    assertThat(pauses(Duration.ZERO, Duration.ofMinutes(30))).containsOnly(Duration.ofMinutes(30));
    assertThat(pauses(Duration.ZERO, Duration.ofDays(30))).containsOnly(Duration.ofHours(1));
    assertThat(pauses(Duration.ZERO, Duration.ofSeconds(Long.MAX_VALUE)))
        .containsOnly(Duration.ofHours(1));
    assertThat(pauses(Duration.ofMinutes(1), Duration.ofSeconds(1)))
        .allMatch(between(30_000, 60_000));
  }

  private static Stream<Duration> pauses(Duration age, Duration retryAfter) {
    return Stream.generate(() -> Dispatcher.pause(age, retryAfter)).limit(100);
  }

  private static Predicate<Duration> between(long min, long max) {
    return pause -> pause.toMillis() >= min && pause.toMillis() <= max;
  }
}
