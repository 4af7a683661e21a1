package dev.rekey.verify;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Says every two seconds how far a verification has come. */
final class Progress implements AutoCloseable {

  private static final long SECONDS = 2;

  private final CountDownLatch end = new CountDownLatch(1);
  private final PrintWriter to;

  Progress(PrintWriter to) {
    this.to = to;
  }

  /**
   * Begins to.
   *
   * @param through the last seq that there should be
   */
  void of(Followed chain, long through) {
    Thread.ofPlatform().daemon().start(() -> saying(chain, through));
  }

  private void saying(Followed chain, long through) {
    long start = System.nanoTime();
    try {
      while (!end.await(SECONDS, TimeUnit.SECONDS)) {
        say(chain.last() - chain.after(), through - chain.after(), System.nanoTime() - start);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void say(long done, long all, long nanos) {
    to.printf(
        Locale.ROOT,
        "%,d of %,d events, %d %%, %,d events/s%n",
        done,
        all,
        all == 0 ? 100 : 100 * done / all,
        TimeUnit.SECONDS.toNanos(done) / nanos);
    to.flush();
  }

  @Override
  public void close() {
    end.countDown();
  }
}
