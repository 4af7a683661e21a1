package dev.rekey.credential;

import dev.rekey.access.SubjectPattern;
import dev.rekey.upstream.Subject;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Positive;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Decides when credentials expire that have no expiry at their upstream, and when an expiry is
 * notified.
 *
 * @param maxAge age at which a credential expires by policy if its upstream sets no expiry; default
 *     365 d, 0 for never
 * @param overrides maximum ages of some subjects; the first match wins
 * @param thresholdDays days before the expiry at which a notification is sent; default 30, 14, 7, 1
 * @param checkEvery pause between two checks for due notifications; default 30 s
 */
@Validated
@ConfigurationProperties("rekey.expiry")
record ExpiryPolicy(
    @DefaultValue("365d") @DurationMin Duration maxAge,
    @DefaultValue List<@Valid OtherAge> overrides,
    @DefaultValue({"30", "14", "7", "1"})
        @NotEmpty(message = "the days before the expiry, such as 30,7")
        List<@Positive @NotNull Integer> thresholdDays,
    @DefaultValue(CHECK_EVERY) @DurationMin(millis = 1) Duration checkEvery) {

  static final String CHECK_EVERY = "30s";

  /**
   * The maximum age of some subjects. Its text form is part of the fingerprint, so a new name would
   * plan every credential anew.
   *
   * @param maxAge 0 for never
   */
  record OtherAge(
      @NotEmpty(message = "the subjects with another maximum age, such as apps/crm/connectors/*")
          List<SubjectPattern> subjects,
      @NotNull(message = "the maximum age of these subjects, such as 90d") @DurationMin
          Duration maxAge) {}

  /** Returns a text that two policies share only if they are the same. */
  String fingerprint() {
    return maxAge + " " + overrides + " " + thresholdDays;
  }

  /** Returns a hash of the fingerprint. */
  UUID id() {
    return UUID.nameUUIDFromBytes(fingerprint().getBytes(StandardCharsets.UTF_8));
  }

  /** Returns when a credential of the subject reaches its maximum age; null if it has none. */
  @Nullable Instant expiry(Subject subject, Instant createdAt) {
    Duration age =
        overrides.stream()
            .filter(other -> other.subjects().stream().anyMatch(each -> each.matches(subject)))
            .findFirst()
            .map(OtherAge::maxAge)
            .orElse(maxAge);
    return age.isPositive() ? createdAt.plus(age) : null;
  }

  /** Returns the days before an expiry at which it is notified, from 0 for the expiry itself. */
  private Stream<Integer> thresholds() {
    return Stream.concat(Stream.of(0), thresholdDays.stream()).sorted();
  }

  /**
   * Returns when the next threshold is reached; null if every threshold was notified.
   *
   * @param notifiedDays the threshold that was notified last; null if none was
   */
  @Nullable Instant notifyAt(Instant expiry, @Nullable Integer notifiedDays) {
    return thresholds()
        .filter(days -> notifiedDays == null || days < notifiedDays)
        .max(Comparator.naturalOrder())
        .map(days -> expiry.minus(Duration.ofDays(days)))
        .orElse(null);
  }

  /** Returns the reached threshold that is nearest to the expiry. Throws if none is reached. */
  int reachedThreshold(Instant expiry, Instant now) {
    return thresholds()
        .filter(days -> !expiry.minus(Duration.ofDays(days)).isAfter(now))
        .findFirst()
        .orElseThrow();
  }
}
