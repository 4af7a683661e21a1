package dev.rekey.upstream.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CallLimiterTest {

  private static final Duration BRIEFLY = Duration.ofMillis(60);

  private final CallLimiter traffic = new CallLimiter(4);

  @Test
  void whatNobodyWaitsForLeavesHalfOfTheRoomToCallers() throws InterruptedException {
    assertThat(traffic.enterLast(BRIEFLY)).isTrue();
    assertThat(traffic.enterLast(BRIEFLY)).isTrue();
    assertThat(traffic.enterLast(BRIEFLY)).isTrue();

    assertThat(traffic.enterLast(BRIEFLY)).isFalse();
    assertThat(traffic.enter(BRIEFLY)).isTrue();
  }

  @Test
  void whatNobodyWaitsForGoesOnWhenCallersHaveLeft() throws InterruptedException {
    traffic.enter(BRIEFLY);
    traffic.enter(BRIEFLY);
    traffic.enter(BRIEFLY);
    assertThat(traffic.enterLast(BRIEFLY)).isFalse();

    traffic.leave();

    assertThat(traffic.enterLast(BRIEFLY)).isTrue();
  }

  @Test
  void theLongestOfSeveralPausesCounts() {
    traffic.halt(Duration.ofMinutes(1));
    traffic.halt(Duration.ZERO);

    assertThat(traffic.isHalted()).isTrue();
  }

  @Test
  void aPauseEnds() {
    assertThat(traffic.isHalted()).isFalse();
    traffic.halt(Duration.ofMillis(200));
    assertThat(traffic.isHalted()).isTrue();

    await().until(() -> !traffic.isHalted());
  }
}
