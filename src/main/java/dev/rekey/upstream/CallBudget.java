package dev.rekey.upstream;

import io.github.bucket4j.Bucket;
import java.time.Duration;

/** Limits the rate of the requests that background work sends to an upstream. Thread-safe. */
public final class CallBudget {

  private final Bucket bucket;

  private CallBudget(Bucket bucket) {
    this.bucket = bucket;
  }

  /** A budget of so many requests per second, and at once after an idle time. */
  public static CallBudget of(double perSecond, int burst) {
    return new CallBudget(
        Bucket.builder()
            .addLimit(
                limit ->
                    limit
                        .capacity(burst)
                        .refillGreedy(1, Duration.ofNanos((long) (1_000_000_000 / perSecond))))
            .build());
  }

  /** Waits until one more request is allowed, and counts it. */
  public void take() {
    bucket.asBlocking().consumeUninterruptibly(1);
  }
}
