package dev.rekey.console;

import dev.rekey.platform.problem.ProblemException;
import dev.rekey.platform.problem.ProblemType;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What a page shows of one of its requests. A page can show the rest if one query is too broad.
 *
 * @param value null if the query is too broad
 * @param missing why there is no value; null if there is one
 */
record Part<T>(@Nullable T value, @Nullable String missing) {

  /** A request of the API. */
  interface Request<T> {
    T send() throws IOException;
  }

  /** Throws what the request throws, unless that is a {@code query-too-broad} problem. */
  static <T> Part<T> of(Request<T> request) throws IOException {
    try {
      return new Part<>(request.send(), null);
    } catch (ProblemException e) {
      if (e.type() != ProblemType.QUERY_TOO_BROAD) {
        throw e;
      }
      return new Part<>(null, e.detail());
    }
  }
}
