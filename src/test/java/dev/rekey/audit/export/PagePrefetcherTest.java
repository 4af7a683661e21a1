package dev.rekey.audit.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PagePrefetcherTest {

  private final AtomicInteger fetched = new AtomicInteger();

  @Test
  void readsOnePageAhead() throws InterruptedException {
    var pages = new PagePrefetcher<Integer>(_ -> List.of(fetched.incrementAndGet()));

    for (int page = 1; page <= 3; page++) {
      int ahead = page + 1;
      assertThat(pages.next()).containsExactly(page);
      await().until(() -> fetched.get() == ahead);
      Thread.sleep(20);
      assertThat(fetched).hasValue(ahead);
    }
  }

  @Test
  void emptyPageIsTheLast() {
    var pages =
        new PagePrefetcher<Integer>(
            last -> fetched.incrementAndGet() > 2 ? List.of() : List.of(last.size()));

    assertThat(pages.next()).containsExactly(0);
    assertThat(pages.next()).containsExactly(1);
    assertThat(pages.next()).isEmpty();
    assertThat(pages.next()).isEmpty();
    assertThat(fetched).hasValue(3);
  }

  @Test
  void nextThrowsWhatReadingThrew() {
    var pages =
        new PagePrefetcher<Integer>(
            _ -> {
              throw new IllegalArgumentException("broken");
            });

    assertThatThrownBy(pages::next)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("broken");
  }
}
