package dev.rekey.upstream;

import io.github.bucket4j.Bucket;
import java.time.Duration;

/** Limits the rate of the requests that background work sends to an upstream. Thread-safe. */
public final class CallBudget {

  private final Bucket bucket;

  /** A budget of so many requests per second, and at once after an idle time. */
  public CallBudget(double perSecond, int burst) {
    var every = Duration.ofNanos((long) (1_000_000_000 / perSecond));
    this.bucket =
        Bucket.builder().addLimit(limit -> limit.capacity(burst).refillGreedy(1, every)).build();
  }

  /** Waits until one more request is allowed, and counts it. */
  public void take() {
    bucket.asBlocking().consumeUninterruptibly(1);
  }
}
