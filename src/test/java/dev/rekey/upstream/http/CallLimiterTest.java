package dev.rekey.upstream.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CallLimiterTest {

  private static final Duration BRIEFLY = Duration.ofMillis(60);

  private final CallLimiter limiter = new CallLimiter(4);

  @Test
  void backgroundCallsLeaveHalfOfThePermitsToCallers() throws InterruptedException {
    assertThat(limiter.acquireLowPriority(BRIEFLY)).isTrue();
    assertThat(limiter.acquireLowPriority(BRIEFLY)).isTrue();
    assertThat(limiter.acquireLowPriority(BRIEFLY)).isTrue();

    assertThat(limiter.acquireLowPriority(BRIEFLY)).isFalse();
    assertThat(limiter.acquire(BRIEFLY)).isTrue();
  }

  @Test
  void backgroundCallsContinueWhenCallersAreDone() throws InterruptedException {
    limiter.acquire(BRIEFLY);
    limiter.acquire(BRIEFLY);
    limiter.acquire(BRIEFLY);
    assertThat(limiter.acquireLowPriority(BRIEFLY)).isFalse();

    limiter.release();

    assertThat(limiter.acquireLowPriority(BRIEFLY)).isTrue();
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
