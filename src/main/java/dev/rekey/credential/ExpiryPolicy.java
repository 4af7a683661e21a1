package dev.rekey.credential;

import dev.rekey.credential.ExpiryProperties.OtherAge;
import dev.rekey.policy.Policies;
import dev.rekey.policy.Policy;
import dev.rekey.upstream.Subject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Decides when credentials expire that have no expiry at their upstream, and when an expiry is
 * notified.
 */
@Component
class ExpiryPolicy {

  private final ExpiryProperties properties;
  private final Policies policies;
  private final String fingerprint;

  ExpiryPolicy(ExpiryProperties properties, Policies policies) {
    this.properties = properties;
    this.policies = policies;
    this.fingerprint =
        policies.all().stream()
            .map(ExpiryPolicy::notifications)
            .collect(
                Collectors.joining(
                    " ", properties.maxAge() + " " + properties.overrides() + " ", ""));
  }

  // For the default policy alone, the text is that of versions without policies.
  private static String notifications(Policy policy) {
    List<Integer> days = policy.notifyDays().stream().sorted(Comparator.reverseOrder()).toList();
    return policy.subjects().isEmpty() ? days.toString() : policy.subjects() + " " + days;
  }

  /** Returns a text that two policies share only if they are the same. */
  String fingerprint() {
    return fingerprint;
  }

  /** Returns a hash of the fingerprint. */
  UUID id() {
    return UUID.nameUUIDFromBytes(fingerprint.getBytes(StandardCharsets.UTF_8));
  }

  Duration checkEvery() {
    return properties.checkEvery();
  }

  /** Returns when a credential of the subject reaches its maximum age; null if it has none. */
  @Nullable Instant expiry(Subject subject, Instant createdAt) {
    Duration age =
        properties.overrides().stream()
            .filter(other -> other.subjects().stream().anyMatch(each -> each.matches(subject)))
            .findFirst()
            .map(OtherAge::maxAge)
            .orElse(properties.maxAge());
    return age.isPositive() ? createdAt.plus(age) : null;
  }

  /** Returns when the expiry of a credential of the subject is notified. */
  ExpiryThresholds thresholds(Subject subject) {
    return new ExpiryThresholds(policies.of(subject).notifyDays());
  }
}
