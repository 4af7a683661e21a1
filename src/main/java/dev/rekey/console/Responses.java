package dev.rekey.console;

import dev.rekey.platform.query.Item;
import dev.rekey.platform.query.SearchPage;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;

/** Reads the responses of the API's controllers. */
final class Responses {

  private Responses() {}

  /** The body of a response that always has one. */
  static <T> T body(@Nullable ResponseEntity<T> response) {
    return Objects.requireNonNull(Objects.requireNonNull(response).getBody());
  }

  /** The items of a page whose items are whole. */
  static <T> List<T> items(SearchPage<T> page) {
    return page.items().stream().map(Item::value).toList();
  }
}
