package dev.rekey.finding;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * When Rekey finds what needs attention.
 *
 * @param interval pause between two computations of the findings; default 1 min
 * @param maxAge the age from which a credential is too old; default 365 d
 * @param neverUsedFor how long after its creation a credential without any use is a finding;
 *     default 30 d
 * @param unusedFor how long after its last use a credential is a finding; default 90 d
 * @param expiringWithin how long before its expiry a credential that no policy rotates is a
 *     finding; default 30 d
 */
@Validated
@ConfigurationProperties("rekey.findings")
record FindingProperties(
    @DefaultValue(INTERVAL) @DurationMin(millis = 1) Duration interval,
    @DefaultValue("365d") @DurationMin(minutes = 1) @DurationMax(days = 3650) Duration maxAge,
    @DefaultValue("30d") @DurationMin(minutes = 1) @DurationMax(days = 3650) Duration neverUsedFor,
    @DefaultValue("90d") @DurationMin(minutes = 1) @DurationMax(days = 3650) Duration unusedFor,
    @DefaultValue("30d") @DurationMin(minutes = 1) @DurationMax(days = 3650)
        Duration expiringWithin) {

  static final String INTERVAL = "1m";
}
