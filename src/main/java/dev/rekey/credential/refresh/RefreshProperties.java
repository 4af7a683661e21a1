package dev.rekey.credential.refresh;

import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Positive;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How the inventory is kept up to date.
 *
 * @param enabled whether this replica takes part; default true
 * @param interval the time in which every target is scanned once, as far as the budget allows;
 *     default 15 min
 * @param callsPerSecond average number of requests per second to each upstream; default 2
 * @param burst number of requests at once after an idle time; default 10
 */
@Validated
@ConfigurationProperties("rekey.refresh")
record RefreshProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("15m") @DurationMin(millis = 1) Duration interval,
    @DefaultValue("2") @DecimalMin("0.1") double callsPerSecond,
    @DefaultValue("10") @Positive int burst) {}
