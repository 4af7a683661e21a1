package dev.rekey.rotation;

import org.jspecify.annotations.Nullable;

/**
 * How a caller marks a request that it may send again.
 *
 * @param key null if the request has no {@code Idempotency-Key}
 * @param isClientRetry the client library says that it sends the request again
 */
public record Submission(@Nullable IdempotencyKey key, boolean isClientRetry) {

  /** A request by a client that does not count its retries. */
  static Submission under(@Nullable IdempotencyKey key) {
    return new Submission(key, false);
  }
}
