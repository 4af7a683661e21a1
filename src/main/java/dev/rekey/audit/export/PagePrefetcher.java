package dev.rekey.audit.export;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;

/** Reads each page while the caller processes the previous one. */
final class PagePrefetcher<T> {

  private static final Executor THREADS = task -> Thread.ofVirtual().start(task);

  private final UnaryOperator<List<T>> pages;
  private CompletableFuture<List<T>> next;

  /** Starts to read; the page before the first and the page after the last are empty. */
  PagePrefetcher(UnaryOperator<List<T>> pages) {
    this.pages = pages;
    this.next = read(List.of());
  }

  /** Waits for the next page, which is empty at the end. Rethrows a failure of the read. */
  List<T> next() {
    try {
      List<T> page = next.join();
      next = page.isEmpty() ? CompletableFuture.completedFuture(page) : read(page);
      return page;
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private CompletableFuture<List<T>> read(List<T> last) {
    return CompletableFuture.supplyAsync(() -> pages.apply(last), THREADS);
  }
}
