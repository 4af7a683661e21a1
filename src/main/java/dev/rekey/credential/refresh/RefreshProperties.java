package dev.rekey.credential.refresh;

import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Positive;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How the inventory is kept true.
 *
 * @param enabled whether this replica takes part in it; default true
 * @param interval within which everything is looked at once, as far as the budget lets it; default
 *     15 min
 * @param callsPerSecond how many requests an upstream gets for it in the long run; default 2
 * @param burst how many it may get at once; default 10
 */
@Validated
@ConfigurationProperties("rekey.refresh")
record RefreshProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("15m") @DurationMin(millis = 1) Duration interval,
    @DefaultValue("2") @DecimalMin("0.1") double callsPerSecond,
    @DefaultValue("10") @Positive int burst) {}
