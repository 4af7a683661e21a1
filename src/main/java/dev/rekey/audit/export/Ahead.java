package dev.rekey.audit.export;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;

/** Fetches pages, each while the one before is being used. */
final class Ahead<T> {

  private static final Executor THREADS = task -> Thread.ofVirtual().start(task);

  private final UnaryOperator<List<T>> pages;
  private CompletableFuture<List<T>> next;

  /**
   * Begins to fetch.
   *
   * @param pages the page behind another one; an empty one is the last, and before the first
   */
  Ahead(UnaryOperator<List<T>> pages) {
    this.pages = pages;
    this.next = fetch(List.of());
  }

  /** Waits for the next page, which is empty at the end; throws what fetching it threw. */
  List<T> next() {
    List<T> page = await();
    next = page.isEmpty() ? CompletableFuture.completedFuture(page) : fetch(page);
    return page;
  }

  private CompletableFuture<List<T>> fetch(List<T> last) {
    return CompletableFuture.supplyAsync(() -> pages.apply(last), THREADS);
  }

  private List<T> await() {
    try {
      return next.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }
}
