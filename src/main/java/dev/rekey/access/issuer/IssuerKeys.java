package dev.rekey.access.issuer;

import com.github.benmanes.caffeine.cache.Ticker;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.oauth2.jwt.JwtException;

/**
 * The keys that an issuer published last. They are fetched in the background, and at once for a
 * token whose key is not among them. If the issuer does not respond, they stay in use for a while.
 */
final class IssuerKeys implements KeySource {

  /** So tokens with unknown keys do not flood the issuer. */
  private static final Duration MIN_INTERVAL = Duration.ofSeconds(5);

  /** Callers that wait for a failed fetch fail with it, instead of waiting for one each. */
  private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

  private static final Duration LOG_AGAIN_AFTER = Duration.ofMinutes(10);

  private static final Logger log = LoggerFactory.getLogger(IssuerKeys.class);

  private final String issuer;
  private final Duration keep;
  private final Source source;
  private final Ticker time;
  private final Counter successes;
  private final Counter failures;
  private final ReentrantLock fetching = new ReentrantLock();
  private volatile @Nullable Known known;
  private long mayFetchAt;
  private boolean isFailing;
  private long mayLogAt;

  private record Known(JWKSet keys, long since) {}

  /** Fetches the keys. */
  interface Source {
    JWKSet fetch() throws KeyFetchException;
  }

  /**
   * Fetches nothing yet.
   *
   * @param issuer its name, for the log and metrics
   * @param keep how long keys may be used after they were fetched
   */
  IssuerKeys(String issuer, Duration keep, Source source, MeterRegistry meters, Ticker time) {
    this.issuer = issuer;
    this.keep = keep;
    this.source = source;
    this.time = time;
    this.mayFetchAt = time.read();
    this.mayLogAt = time.read();
    this.successes = fetches("success", meters);
    this.failures = fetches("failure", meters);
    Gauge.builder("rekey.issuer.keys.age", this, IssuerKeys::ageSeconds)
        .description("Time since the issuer's keys were fetched last; NaN if they never were")
        .baseUnit("seconds")
        .tag("issuer", issuer)
        .register(meters);
  }

  private Counter fetches(String outcome, MeterRegistry meters) {
    return Counter.builder("rekey.issuer.key.fetches")
        .description("Fetches of the issuer's keys")
        .tag("issuer", issuer)
        .tag("outcome", outcome)
        .register(meters);
  }

  private double ageSeconds() {
    Known last = known;
    return last == null ? Double.NaN : (time.read() - last.since()) / 1e9;
  }

  @Override
  public List<JWK> find(JWKSelector selector) {
    Known before = known;
    if (before != null && isUsable(before)) {
      List<JWK> found = selector.select(before.keys());
      if (!found.isEmpty()) {
        return found;
      }
    }
    fetchAfter(before);
    Known now = known;
    if (now == null || !isUsable(now)) {
      throw new JwtException("the issuer's keys are unavailable");
    }
    return selector.select(now.keys());
  }

  @Override
  public void refresh() {
    fetchAfter(known);
  }

  private boolean isUsable(Known some) {
    return time.read() - some.since() < keep.toNanos();
  }

  /** Fetches the keys unless another thread has done so meanwhile, or a moment ago. */
  private void fetchAfter(@Nullable Known before) {
    fetching.lock();
    try {
      if (Objects.equals(known, before) && time.read() - mayFetchAt >= 0) {
        fetch();
      }
    } finally {
      fetching.unlock();
    }
  }

  private void fetch() {
    try {
      known = new Known(source.fetch(), time.read());
      mayFetchAt = time.read() + MIN_INTERVAL.toNanos();
      successes.increment();
      if (isFailing) {
        log.info("The keys of the issuer {} are available again", issuer);
      }
      isFailing = false;
      mayLogAt = time.read();
    } catch (KeyFetchException e) {
      mayFetchAt = time.read() + RETRY_AFTER.toNanos();
      failures.increment();
      isFailing = true;
      if (time.read() - mayLogAt >= 0) {
        mayLogAt = time.read() + LOG_AGAIN_AFTER.toNanos();
        log.warn(
            "The keys of the issuer {} cannot be fetched: {}. {}",
            issuer,
            e.getMessage(),
            consequence());
      }
    }
  }

  private String consequence() {
    Known last = known;
    if (last == null || !isUsable(last)) {
      return "Its callers get 503";
    }
    long left = keep.toNanos() - (time.read() - last.since());
    return "The last known keys stay in use for %d more minutes"
        .formatted(TimeUnit.NANOSECONDS.toMinutes(left));
  }
}
