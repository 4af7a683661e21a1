package dev.rekey.upstream.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.platform.Deadline;
import dev.rekey.upstream.Reply;
import dev.rekey.upstream.Reply.Obstacle;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CallLimiterTest {

  private static final Reply<String> DONE = new Reply.Success<>("done");

  private final CallLimiter limiter = new CallLimiter(16);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch hanging = new CountDownLatch(1);

  @AfterEach
  void end() {
    hanging.countDown();
    threads.close();
  }

  @Test
  void oneCallerGetsAQuarterForItsReadsAndAQuarterForItsChanges() {
    assertThat(hangingCalls(call -> run("a", true, call))).isEqualTo(4);
    assertThat(hangingCalls(call -> run("a", false, call))).isEqualTo(4);

    assertThat(run("a", true, () -> DONE)).isEqualTo(refused(Obstacle.TOO_MANY_CALLS));
    assertThat(run("a", false, () -> DONE)).isEqualTo(refused(Obstacle.TOO_MANY_CALLS));
    assertThat(run("b", true, () -> DONE)).isEqualTo(DONE);
    assertThat(run("b", false, () -> DONE)).isEqualTo(DONE);
  }

  @Test
  void backgroundWorkGetsAQuarter() {
    assertThat(hangingCalls(call -> limiter.runInBackground(briefly(), call))).isEqualTo(4);
  }

  @Test
  void readsAndBackgroundWorkLeaveHalfToChanges() {
    for (String principal : new String[] {"a", "b", "c"}) {
      hangingCalls(call -> run(principal, true, call));
    }

    assertThat(hangingCalls(call -> limiter.runInBackground(briefly(), call))).isZero();
    assertThat(run("d", true, () -> DONE)).isEqualTo(refused(Obstacle.TOO_BUSY));
    assertThat(hangingCalls(call -> run("d", false, call))).isEqualTo(4);
    assertThat(hangingCalls(call -> run("e", false, call))).isEqualTo(4);
  }

  @Test
  void waitingCallRunsWhenAnotherIsDone() throws Exception {
    hangingCalls(call -> run("a", true, call));
    Future<Reply<String>> waiting =
        threads.submit(
            () -> limiter.run("a", true, Deadline.in(Duration.ofSeconds(30)), () -> DONE));

    hanging.countDown();

    assertThat(waiting.get()).isEqualTo(DONE);
  }

  @Test
  void failedCallReturnsItsPermits() {
    for (int i = 0; i < 20; i++) {
      try {
        run(
            "a",
            true,
            () -> {
              throw new IllegalStateException();
            });
      } catch (IllegalStateException e) {
        // Expected.
      }
    }

    assertThat(run("a", true, () -> DONE)).isEqualTo(DONE);
  }

  @Test
  void everyKindOfCallGetsOneOfVeryFewPermits() {
    var one = new CallLimiter(1);

    assertThat(one.run("a", true, briefly(), () -> DONE)).isEqualTo(DONE);
    assertThat(one.run("a", false, briefly(), () -> DONE)).isEqualTo(DONE);
    assertThat(one.runInBackground(briefly(), () -> DONE)).isEqualTo(DONE);
  }

  private Reply<String> run(String principal, boolean isRead, Supplier<Reply<String>> call) {
    return limiter.run(principal, isRead, briefly(), call);
  }

  private static Deadline briefly() {
    return Deadline.in(Duration.ofMillis(100));
  }

  private static Reply<String> refused(Obstacle obstacle) {
    return new Reply.NotSent<>(obstacle);
  }

  /** Starts calls that hang until one gets no permit; returns how many got one. */
  private int hangingCalls(Function<Supplier<Reply<String>>, Reply<String>> run) {
    for (int calls = 0; ; calls++) {
      var begun = new CountDownLatch(1);
      Future<Reply<String>> call =
          threads.submit(
              () ->
                  run.apply(
                      () -> {
                        begun.countDown();
                        try {
                          hanging.await();
                        } catch (InterruptedException e) {
                          throw new IllegalStateException(e);
                        }
                        return DONE;
                      }));
      await().until(() -> begun.getCount() == 0 || call.isDone());
      if (call.isDone()) {
        return calls;
      }
    }
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
