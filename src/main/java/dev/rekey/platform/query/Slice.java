package dev.rekey.platform.query;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;

/** One page of a list. */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Slice<T>(List<T> items, @Nullable String nextCursor) {

  private static final int DEFAULT_LIMIT = 50;
  private static final int MAX_LIMIT = 500;

  /** The limit, or its default; throws an {@code invalid-parameter} problem outside 1 to 500. */
  public static int limit(@Nullable Integer requested) {
    int limit = requested == null ? DEFAULT_LIMIT : requested;
    if (limit < 1 || limit > MAX_LIMIT) {
      throw QueryText.invalid("limit has to be 1 to " + MAX_LIMIT + ".");
    }
    return limit;
  }

  /** The same page with its items converted. */
  public <R> Slice<R> map(Function<T, R> form) {
    return new Slice<>(items.stream().map(form).toList(), nextCursor);
  }

  /** The response to the current request, with its {@code Link} header. */
  public ResponseEntity<Slice<T>> response() {
    var response = ResponseEntity.ok();
    if (nextCursor != null) {
      response.header(HttpHeaders.LINK, NextLink.ofCurrentRequest().with("cursor", nextCursor));
    }
    return response.body(this);
  }
}
