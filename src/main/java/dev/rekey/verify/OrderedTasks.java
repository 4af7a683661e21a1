package dev.rekey.verify;

import java.io.IOException;
import java.io.UncheckedIOException;
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

/** Runs a limited number of tasks ahead; returns results in order. Not thread-safe. */
final class OrderedTasks<T> implements AutoCloseable {

  private final ExecutorService threads;
  private final int limit;
  private final Deque<Future<T>> waiting = new ArrayDeque<>();
  private Iterator<? extends Callable<T>> tasks = Collections.emptyIterator();

  OrderedTasks(int threads) {
    this.threads = Executors.newFixedThreadPool(threads, Thread.ofPlatform().daemon().factory());
    this.limit = threads + 1;
  }

  /** The next result; null after the last. */
  @Nullable T next() throws SQLException, IOException {
    T next = peek();
    waiting.poll();
    fill();
    return next;
  }

  /** The result that {@link #next} returns next. */
  @Nullable T peek() throws SQLException, IOException {
    fill();
    return waiting.isEmpty() ? null : result(waiting.getFirst());
  }

  private void fill() throws IOException {
    try {
      while (waiting.size() < limit && tasks.hasNext()) {
        waiting.add(threads.submit(tasks.next()));
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static <T> T result(Future<T> task) throws SQLException, IOException {
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

  /** Adds tasks; the earlier ones must have been read. */
  void addAll(Iterator<? extends Callable<T>> more) {
    tasks = more;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
