package dev.rekey.automation;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How policies rotate.
 *
 * @param checkEvery pause between two checks for credentials that are due; default 15 s
 * @param maxConcurrent rotations that all replicas together run for policies at the same time, at
 *     each upstream; default 2
 */
@Validated
@ConfigurationProperties("rekey.automation")
record AutomationProperties(
    @DefaultValue(CHECK_EVERY) @DurationMin(millis = 1) Duration checkEvery,
    @DefaultValue("2") @Min(1) @Max(64) int maxConcurrent) {

  static final String CHECK_EVERY = "15s";
}
