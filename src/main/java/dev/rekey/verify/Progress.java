package dev.rekey.verify;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Prints the progress of a verification every two seconds. */
final class Progress implements AutoCloseable {

  private final CountDownLatch end = new CountDownLatch(1);
  private final PrintWriter out;

  Progress(PrintWriter out) {
    this.out = out;
  }

  void start(VerifiedChain chain, long expectedLast) {
    Thread.ofPlatform().daemon().start(() -> run(chain, expectedLast, System.nanoTime()));
  }

  private void run(VerifiedChain chain, long expectedLast, long startedAt) {
    try {
      while (!end.await(2, TimeUnit.SECONDS)) {
        long done = chain.last() - chain.after;
        long all = expectedLast - chain.after;
        out.printf(
            Locale.ROOT,
            "%,d of %,d events, %d %%, %,d events/s%n",
            done,
            all,
            all == 0 ? 100 : 100 * done / all,
            TimeUnit.SECONDS.toNanos(done) / (System.nanoTime() - startedAt));
        out.flush();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    end.countDown();
  }
}
