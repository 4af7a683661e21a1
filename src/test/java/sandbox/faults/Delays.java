package sandbox.faults;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/** Deliberate delays. A release ends all current delays early. */
@Component
public final class Delays {
  private volatile CountDownLatch released = new CountDownLatch(1);

  /** Returns false if a release came before the time had passed. */
  boolean elapse(Duration time) {
    return elapse(released, time);
  }

  private static boolean elapse(CountDownLatch released, Duration time) {
    try {
      return !released.await(time.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  void untilReleased() {
    elapse(Duration.ofDays(365));
  }

  /** Returns immediately. The work runs after the delay, unless a release comes first. */
  void later(Duration time, Runnable work) {
    CountDownLatch current = released;
    Thread.ofVirtual()
        .start(
            () -> {
              if (elapse(current, time)) {
                work.run();
              }
            });
  }

  public void release() {
    CountDownLatch held = released;
    released = new CountDownLatch(1);
    held.countDown();
  }
}
