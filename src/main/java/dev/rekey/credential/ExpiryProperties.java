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
 * The maximum age of credentials, and when their expiry is notified.
 *
 * @param maxAge age at which a credential expires by policy if its upstream sets no expiry; default
 *     365 d, 0 for never
 * @param overrides maximum ages of some subjects; the first match wins
 * @param thresholdDays days before the expiry at which a notification is sent; default 30, 14, 7, 1
 * @param checkEvery pause between two checks for due notifications; default 30 s
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
   * The maximum age of some subjects. Its text form is part of the fingerprint, so a new name would
   * plan every credential anew.
   *
   * @param maxAge 0 for never
   */
  record OtherAge(@NotEmpty List<SubjectPattern> subjects, @NotNull @DurationMin Duration maxAge) {}

  /** Returns a text that two policies share only if they are the same. */
  String fingerprint() {
    return maxAge + " " + overrides + " " + thresholdDays;
  }
}
