package dev.rekey.credential;

import dev.rekey.upstream.Subject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Decides when credentials expire that have no expiry at their upstream, and when an expiry is
 * notified. Immutable.
 */
@Component
class ExpiryPolicy {

  private final ExpiryProperties properties;
  private final UUID id;

  /** In days before the expiry; always contains 0, the expiry itself. */
  private final NavigableSet<Integer> thresholds;

  ExpiryPolicy(ExpiryProperties properties) {
    this.properties = properties;
    this.id = UUID.nameUUIDFromBytes(properties.fingerprint().getBytes(StandardCharsets.UTF_8));
    var days = new TreeSet<>(properties.thresholdDays());
    days.add(0);
    this.thresholds = Collections.unmodifiableNavigableSet(days);
  }

  /** Returns a text that two policies share only if they are the same. */
  String fingerprint() {
    return properties.fingerprint();
  }

  /** Returns a hash of the fingerprint. */
  UUID id() {
    return id;
  }

  /** Returns when a credential of the subject reaches its maximum age; null if it has none. */
  @Nullable Instant expiry(Subject subject, Instant createdAt) {
    Duration age =
        properties.overrides().stream()
            .filter(
                override ->
                    override.subjects().stream().anyMatch(pattern -> pattern.matches(subject)))
            .findFirst()
            .map(ExpiryProperties.OtherAge::maxAge)
            .orElse(properties.maxAge());
    return age.isPositive() ? createdAt.plus(age) : null;
  }

  /**
   * Returns when the next threshold is reached.
   *
   * @param notifiedDays the threshold that was notified last; null if none was
   * @return null if every threshold was notified
   */
  @Nullable Instant notifyAt(Instant expiry, @Nullable Integer notifiedDays) {
    Integer next = notifiedDays == null ? thresholds.last() : thresholds.lower(notifiedDays);
    return next == null ? null : expiry.minus(Duration.ofDays(next));
  }

  /** Returns the reached threshold that is nearest to the expiry. Throws if none is reached. */
  int reachedThreshold(Instant expiry, Instant now) {
    return thresholds.stream()
        .filter(days -> !expiry.minus(Duration.ofDays(days)).isAfter(now))
        .findFirst()
        .orElseThrow();
  }
}
