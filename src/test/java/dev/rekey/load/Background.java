package dev.rekey.load;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Repeats a task in its own thread until it is closed. */
final class Background implements AutoCloseable {

  private final CompletableFuture<Void> end;
  private volatile boolean isOver;

  private Background(Runnable round) {
    this.end =
        CompletableFuture.runAsync(
            () -> {
              while (!isOver) {
                round.run();
              }
            },
            Executors.newVirtualThreadPerTaskExecutor());
  }

  static Background repeat(Runnable round) {
    return new Background(round);
  }

  /** Waits for the current round. Fails if any round failed. */
  @Override
  public void close() {
    isOver = true;
    end.orTimeout(6, TimeUnit.MINUTES).join();
  }
}
