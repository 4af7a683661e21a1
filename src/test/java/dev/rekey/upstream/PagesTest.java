package dev.rekey.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.upstream.Reply.Flaw;
import dev.rekey.upstream.Reply.Loss;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PagesTest {

  private final List<String> read = new ArrayList<>();

  @Test
  void everyPageIsReadOnce() {
    assertThat(readAll(3, page -> "2".equals(page) ? null : "first".equals(page) ? "1" : "2"))
        .isEqualTo(new Reply.Success<>(Optional.empty()));
    assertThat(read).containsExactly("first", "1", "2");
  }

  @Test
  void cursorThatOccursAgainHasNoEnd() {
    assertThat(readAll(1_000, page -> "1".equals(page) ? "2" : "1"))
        .isEqualTo(new Reply.Unusable<>(Flaw.ENDLESS));
    assertThat(read).containsExactly("first", "1", "2");
  }

  @Test
  void furtherPagesThanAllowedAreNotRead() {
    assertThat(readAll(3, page -> page + "+")).isEqualTo(new Reply.Unusable<>(Flaw.ENDLESS));
    assertThat(read).hasSize(3);
  }

  @Test
  void failureEndsTheLoop() {
    assertThat(Pages.readAll(9, _ -> new Reply.Lost<>(Loss.TIMED_OUT)))
        .isEqualTo(new Reply.Lost<>(Loss.TIMED_OUT));
  }

  private Reply<Optional<String>> readAll(int max, UnaryOperator<@Nullable String> next) {
    return Pages.readAll(
        max,
        cursor -> {
          String page = cursor == null ? "first" : cursor;
          read.add(page);
          return new Reply.Success<>(Optional.ofNullable(next.apply(page)));
        });
  }
}
