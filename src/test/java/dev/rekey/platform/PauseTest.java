package dev.rekey.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PauseTest {

  @AfterEach
  void clearInterrupt() {
    Thread.interrupted();
  }

  @ParameterizedTest
  @CsvSource({"0, 10", "1, 10", "2, 20", "3, 40", "9, 2560", "10, 3600", "2147483647, 3600"})
  void aPauseDoublesWithEachTryUpToTheLongest(int tries, long seconds) {
    assertThat(Pause.backoff(Duration.ofSeconds(10), tries, Duration.ofHours(1)))
        .isEqualTo(Duration.ofSeconds(seconds));
  }

  @Test
  void anInterruptEndsThePauseAndStays() {
    Thread.currentThread().interrupt();

    assertThat(Pause.sleep(Duration.ofMinutes(1))).isFalse();
    assertThat(Thread.currentThread().isInterrupted()).isTrue();
  }
}
