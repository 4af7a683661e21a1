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

/** When credentials end that their upstream does not end, and when an end is told. Immutable. */
@Component
class ExpiryPolicy {

  private final ExpiryProperties properties;
  private final UUID id;

  /** Days before the end, 0 for the end itself. */
  private final NavigableSet<Integer> thresholds;

  ExpiryPolicy(ExpiryProperties properties) {
    this.properties = properties;
    this.id = UUID.nameUUIDFromBytes(properties.fingerprint().getBytes(StandardCharsets.UTF_8));
    var days = new TreeSet<>(properties.thresholdDays());
    days.add(0);
    this.thresholds = Collections.unmodifiableNavigableSet(days);
  }

  /** What is the same exactly as long as this decides in the same way. */
  String fingerprint() {
    return properties.fingerprint();
  }

  /** A short form of the fingerprint. */
  UUID id() {
    return id;
  }

  /** When a credential of the subject reaches its maximum age; null if it has none. */
  @Nullable Instant end(Subject subject, Instant made) {
    Duration age =
        properties.overrides().stream()
            .filter(other -> other.subjects().stream().anyMatch(all -> all.matches(subject)))
            .findFirst()
            .map(ExpiryProperties.OtherAge::maxAge)
            .orElse(properties.maxAge());
    return age.isPositive() ? made.plus(age) : null;
  }

  /**
   * When an end is to be told next.
   *
   * @param told the days before it at which it was told last; null if it was not
   * @return null if all has been told
   */
  @Nullable Instant tellAt(Instant end, @Nullable Integer told) {
    Integer next = told == null ? thresholds.last() : thresholds.lower(told);
    return next == null ? null : end.minus(Duration.ofDays(next));
  }

  /** The threshold nearest to the end that has been reached; one has to have been. */
  int reached(Instant end, Instant now) {
    return thresholds.stream()
        .filter(days -> !end.minus(Duration.ofDays(days)).isAfter(now))
        .findFirst()
        .orElseThrow();
  }
}
