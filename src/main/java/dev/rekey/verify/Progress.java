package dev.rekey.verify;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Prints the progress of a verification every two seconds. */
final class Progress implements AutoCloseable {

  private static final long INTERVAL_SECONDS = 2;

  private final CountDownLatch end = new CountDownLatch(1);
  private final PrintWriter out;

  Progress(PrintWriter out) {
    this.out = out;
  }

  /**
   * Starts printing.
   *
   * @param expectedLast the expected last seq
   */
  void start(VerifiedChain chain, long expectedLast) {
    Thread.ofPlatform().daemon().start(() -> run(chain, expectedLast));
  }

  private void run(VerifiedChain chain, long expectedLast) {
    long startedAt = System.nanoTime();
    try {
      while (!end.await(INTERVAL_SECONDS, TimeUnit.SECONDS)) {
        print(
            chain.last() - chain.after(),
            expectedLast - chain.after(),
            System.nanoTime() - startedAt);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void print(long done, long all, long nanos) {
    out.printf(
        Locale.ROOT,
        "%,d of %,d events, %d %%, %,d events/s%n",
        done,
        all,
        all == 0 ? 100 : 100 * done / all,
        TimeUnit.SECONDS.toNanos(done) / nanos);
    out.flush();
  }

  @Override
  public void close() {
    end.countDown();
  }
}
