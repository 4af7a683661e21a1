package dev.rekey.upstream.http;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The calls to one upstream that are under way, and whether it asked for a pause. */
final class CallLimiter {

  private static final Duration LONGEST_HALT = Duration.ofMinutes(15);
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(50);

  private final int most;
  private final Semaphore slots;
  private final AtomicLong haltedUntil = new AtomicLong(System.nanoTime());

  CallLimiter(int most) {
    this.most = most;
    this.slots = new Semaphore(most);
  }

  /** False if there was no room within that time. */
  boolean enter(Duration patience) throws InterruptedException {
    return slots.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** As {@link #enter}, for who leaves half of the room to others. */
  boolean enterLast(Duration patience) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (System.nanoTime() < end) {
      if (2 * slots.availablePermits() >= most && slots.tryAcquire()) {
        return true;
      }
      Thread.sleep(BETWEEN_TRIES);
    }
    return false;
  }

  void leave() {
    slots.release();
  }

  /** The upstream wants fewer calls for so long. */
  void halt(Duration time) {
    Duration capped = time.compareTo(LONGEST_HALT) < 0 ? time : LONGEST_HALT;
    long until = System.nanoTime() + capped.toNanos();
    haltedUntil.accumulateAndGet(until, (known, other) -> known - other > 0 ? known : other);
  }

  boolean isHalted() {
    return haltedUntil.get() - System.nanoTime() > 0;
  }
}
