package dev.rekey.run;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

/** Tracks whether any submitted task is still running. */
public final class CountingExecutor extends AbstractExecutorService {

  private final AtomicInteger underWay = new AtomicInteger();
  private final ExecutorService delegate;

  public CountingExecutor(ExecutorService delegate) {
    this.delegate = delegate;
  }

  public void awaitIdle() {
    Awaitility.await().until(() -> underWay.get() == 0);
  }

  @Override
  public void execute(Runnable task) {
    underWay.incrementAndGet();
    delegate.execute(
        () -> {
          try {
            task.run();
          } finally {
            underWay.decrementAndGet();
          }
        });
  }

  @Override
  public void shutdown() {
    delegate.shutdown();
  }

  @Override
  public List<Runnable> shutdownNow() {
    return delegate.shutdownNow();
  }

  @Override
  public boolean isShutdown() {
    return delegate.isShutdown();
  }

  @Override
  public boolean isTerminated() {
    return delegate.isTerminated();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return delegate.awaitTermination(timeout, unit);
  }
}
