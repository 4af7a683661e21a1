package dev.rekey.verify;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Does tasks side by side and hands out what they bring in the order of the tasks. Only a few are
 * under way or done and waiting at a time. For one thread.
 */
final class InOrder<T> implements AutoCloseable {

  private final ExecutorService threads;
  private final int atATime;
  private final Deque<Future<T>> waiting = new ArrayDeque<>();
  private Iterator<? extends Callable<T>> tasks = Collections.emptyIterator();

  InOrder(int threads) {
    this.threads = Executors.newFixedThreadPool(threads, Thread.ofPlatform().daemon().factory());
    this.atATime = threads + 1;
  }

  /** What the next task brings; null after the last. */
  @Nullable T next() throws SQLException, IOException {
    T next = peek();
    waiting.poll();
    fill();
    return next;
  }

  /** What {@link #next} will give. */
  @Nullable T peek() throws SQLException, IOException {
    fill();
    return waiting.isEmpty() ? null : outcome(waiting.getFirst());
  }

  private void fill() {
    while (waiting.size() < atATime && tasks.hasNext()) {
      waiting.add(threads.submit(tasks.next()));
    }
  }

  private static <T> T outcome(Future<T> task) throws SQLException, IOException {
    try {
      return task.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case SQLException cause -> throw cause;
        case IOException cause -> throw cause;
        case null, default -> throw new IllegalStateException(e.getCause());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** What to do, once what there was to do before has been handed out. */
  void addAll(Iterator<? extends Callable<T>> more) {
    tasks = more;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
