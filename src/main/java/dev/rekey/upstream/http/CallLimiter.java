package dev.rekey.upstream.http;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Limits the concurrent calls to one upstream, and knows whether it asked for a pause. */
final class CallLimiter {

  private static final Duration MAX_PAUSE = Duration.ofMinutes(15);
  private static final Duration POLL_INTERVAL = Duration.ofMillis(50);

  private final int max;
  private final Semaphore permits;
  private final AtomicLong pausedUntil = new AtomicLong(System.nanoTime());

  CallLimiter(int max) {
    this.max = max;
    this.permits = new Semaphore(max);
  }

  /**
   * Takes a permit; false if none was free within the timeout, or the thread was interrupted.
   * Background work leaves half of the permits to callers.
   */
  boolean acquire(Duration timeout, boolean isBackground) {
    try {
      return isBackground
          ? acquireFromHalf(System.nanoTime() + timeout.toNanos())
          : permits.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private boolean acquireFromHalf(long end) throws InterruptedException {
    while (System.nanoTime() < end) {
      if (2 * permits.availablePermits() >= max && permits.tryAcquire()) {
        return true;
      }
      Thread.sleep(POLL_INTERVAL);
    }
    return false;
  }

  void release() {
    permits.release();
  }

  /** Pauses background work; a longer pause that is set already stays. */
  void pauseFor(Duration time) {
    Duration capped = time.compareTo(MAX_PAUSE) < 0 ? time : MAX_PAUSE;
    long until = System.nanoTime() + capped.toNanos();
    pausedUntil.accumulateAndGet(until, (known, other) -> known - other > 0 ? known : other);
  }

  boolean isPaused() {
    return pausedUntil.get() - System.nanoTime() > 0;
  }
}
