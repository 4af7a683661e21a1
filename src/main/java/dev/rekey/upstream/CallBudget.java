package dev.rekey.upstream;

import io.github.bucket4j.Bucket;
import java.time.Duration;

/** How many requests work that nobody waits for may send to an upstream. Safe for threads. */
public final class CallBudget {

  private final Bucket bucket;

  private CallBudget(Bucket bucket) {
    this.bucket = bucket;
  }

  /**
   * A budget that is full.
   *
   * @param perSecond how many in the long run
   * @param burst how many at once, after a time without any
   */
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

  /** Waits until one more is allowed, and counts it. */
  public void take() {
    bucket.asBlocking().consumeUninterruptibly(1);
  }
}
