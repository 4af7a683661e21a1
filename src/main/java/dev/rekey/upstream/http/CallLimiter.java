package dev.rekey.upstream.http;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.rekey.platform.Deadline;
import dev.rekey.upstream.Reply;
import dev.rekey.upstream.Reply.Obstacle;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Limits the concurrent calls to one upstream, and knows whether it asked for a pause. Reads and
 * background work leave permits to changes, and each caller leaves permits to the others.
 */
final class CallLimiter {

  private static final Duration MAX_PAUSE = Duration.ofMinutes(15);

  private final Semaphore all;
  private final Semaphore reads;
  private final Semaphore background;
  // A share exists only while a call needs it.
  private final LoadingCache<Share, Semaphore> shares;
  private final AtomicLong pausedUntil = new AtomicLong(System.nanoTime());

  CallLimiter(int max) {
    this.all = new Semaphore(max);
    this.reads = part(max, 2);
    this.background = part(max, 4);
    this.shares = Caffeine.newBuilder().weakValues().build(_ -> part(max, 4));
  }

  private static Semaphore part(int max, int divisor) {
    return new Semaphore(Math.max(1, max / divisor));
  }

  // Separate for reads, so that a caller's reads do not stop its changes.
  private record Share(String principal, boolean isRead) {}

  /** Runs a call for a principal; not without permits until the deadline. */
  <T> Reply<T> run(String principal, boolean isRead, Deadline deadline, Supplier<Reply<T>> call) {
    return with(
        shares.get(new Share(principal, isRead)),
        Obstacle.TOO_MANY_CALLS,
        deadline,
        isRead
            ? () -> with(reads, Obstacle.TOO_BUSY, deadline, () -> withAny(deadline, call))
            : () -> withAny(deadline, call));
  }

  /** Same, for background work, which waits while callers read much. */
  <T> Reply<T> runInBackground(Deadline deadline, Supplier<Reply<T>> call) {
    return with(
        background,
        Obstacle.TOO_BUSY,
        deadline,
        () -> with(reads, Obstacle.TOO_BUSY, deadline, () -> withAny(deadline, call)));
  }

  private <T> Reply<T> withAny(Deadline deadline, Supplier<Reply<T>> call) {
    return with(all, Obstacle.TOO_BUSY, deadline, call);
  }

  private static <T> Reply<T> with(
      Semaphore permits, Obstacle ifNone, Deadline deadline, Supplier<Reply<T>> call) {
    try {
      if (!permits.tryAcquire(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
        return new Reply.NotSent<>(ifNone);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Reply.NotSent<>(ifNone);
    }
    try {
      return call.get();
    } finally {
      permits.release();
    }
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
