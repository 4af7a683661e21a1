package dev.rekey.credential;

import dev.rekey.access.SubjectPattern;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import java.util.List;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * When credentials expire that have no expiry at their upstream.
 *
 * @param maxAge age at which a credential expires by policy if its upstream sets no expiry; default
 *     365 d, 0 for never
 * @param overrides maximum ages of some subjects; the first match wins
 * @param checkEvery pause between two checks for due notifications; default 30 s
 */
@Validated
@ConfigurationProperties("rekey.expiry")
record ExpiryProperties(
    @DefaultValue("365d") @DurationMin Duration maxAge,
    @DefaultValue List<@Valid OtherAge> overrides,
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
}
