package dev.rekey.upstream.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CallLimiterTest {

  private static final Duration BRIEFLY = Duration.ofMillis(60);

  private final CallLimiter limiter = new CallLimiter(4);

  @Test
  void backgroundCallsLeaveHalfOfThePermitsToCallers() {
    assertThat(limiter.acquire(BRIEFLY, true)).isTrue();
    assertThat(limiter.acquire(BRIEFLY, true)).isTrue();
    assertThat(limiter.acquire(BRIEFLY, true)).isTrue();

    assertThat(limiter.acquire(BRIEFLY, true)).isFalse();
    assertThat(limiter.acquire(BRIEFLY, false)).isTrue();
  }

  @Test
  void backgroundCallsContinueWhenCallersAreDone() {
    limiter.acquire(BRIEFLY, false);
    limiter.acquire(BRIEFLY, false);
    limiter.acquire(BRIEFLY, false);
    assertThat(limiter.acquire(BRIEFLY, true)).isFalse();

    limiter.release();

    assertThat(limiter.acquire(BRIEFLY, true)).isTrue();
  }

  @Test
  void longestPauseWins() {
    limiter.pauseFor(Duration.ofMinutes(1));
    limiter.pauseFor(Duration.ZERO);

    assertThat(limiter.isPaused()).isTrue();
  }

  @Test
  void pauseEnds() {
    assertThat(limiter.isPaused()).isFalse();
    limiter.pauseFor(Duration.ofMillis(200));
    assertThat(limiter.isPaused()).isTrue();

    await().until(() -> !limiter.isPaused());
  }
}
