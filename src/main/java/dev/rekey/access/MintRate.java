package dev.rekey.access;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.rekey.platform.problem.ProblemType;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import java.time.Duration;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

/** Limits how many credentials one principal mints on this replica. */
@Component
class MintRate {

  private static final int PRINCIPALS = 10_000;

  private final LoadingCache<String, Bucket> buckets;

  MintRate(AccessProperties properties) {
    this.buckets =
        Caffeine.newBuilder()
            .maximumSize(PRINCIPALS)
            .expireAfterAccess(Duration.ofMinutes(2))
            .build(_ -> bucket(properties.mintsPerMinute()));
  }

  /** Counts one mint. Throws a {@code rate-limited} problem if it exceeds the limit. */
  void take(Caller caller) {
    ConsumptionProbe probe = buckets.get(caller.id()).tryConsumeAndReturnRemaining(1);
    if (!probe.isConsumed()) {
      long seconds = 1 + Duration.ofNanos(probe.getNanosToWaitForRefill()).toSeconds();
      throw ProblemType.RATE_LIMITED
          .with("Nothing was minted. Repeat the request after " + seconds + " s.")
          .header(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
    }
  }

  private static Bucket bucket(int perMinute) {
    return Bucket.builder()
        .addLimit(limit -> limit.capacity(perMinute).refillGreedy(perMinute, Duration.ofMinutes(1)))
        .build();
  }
}
