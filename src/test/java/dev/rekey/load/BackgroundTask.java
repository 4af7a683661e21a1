package dev.rekey.load;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Repeats a task in its own thread until it is closed. */
final class BackgroundTask implements AutoCloseable {

  private final CompletableFuture<Void> end;
  private volatile boolean isClosed;

  private BackgroundTask(Runnable task) {
    this.end =
        CompletableFuture.runAsync(
            () -> {
              while (!isClosed) {
                task.run();
              }
            },
            Executors.newVirtualThreadPerTaskExecutor());
  }

  static BackgroundTask repeat(Runnable task) {
    return new BackgroundTask(task);
  }

  /** Waits for the running repetition. Throws what a repetition has thrown. */
  @Override
  public void close() {
    isClosed = true;
    end.orTimeout(6, TimeUnit.MINUTES).join();
  }
}
