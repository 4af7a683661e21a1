package dev.rekey.credential;

import dev.rekey.access.SubjectPattern;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Positive;
import java.time.Duration;
import java.util.List;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How old credentials may get, and when their end is told.
 *
 * @param maxAge of credentials that their upstream does not end; default 365 d, 0 for no end
 * @param overrides other ages for some subjects; the first that fits counts
 * @param thresholdDays how many days before its end a credential is told of; default 30, 14, 7, 1
 * @param checkEvery pause between two looks for what is to be told; default 30 s
 */
@Validated
@ConfigurationProperties("rekey.expiry")
record ExpiryProperties(
    @DefaultValue("365d") @DurationMin Duration maxAge,
    @DefaultValue List<@Valid OtherAge> overrides,
    @DefaultValue({"30", "14", "7", "1"}) @NotEmpty List<@Positive @NotNull Integer> thresholdDays,
    @DefaultValue(CHECK_EVERY) @DurationMin(millis = 1) Duration checkEvery) {

  static final String CHECK_EVERY = "30s";

  /**
   * Another maximum age.
   *
   * @param maxAge 0 for no end
   */
  record OtherAge(@NotEmpty List<SubjectPattern> subjects, @NotNull @DurationMin Duration maxAge) {}

  /** What is the same exactly as long as the policy is. */
  String fingerprint() {
    return maxAge + " " + overrides + " " + thresholdDays;
  }
}
