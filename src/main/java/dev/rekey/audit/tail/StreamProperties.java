package dev.rekey.audit.tail;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The settings of the streams of events.
 *
 * @param heartbeat how long a stream may be silent; 1 s to 5 min; default 15 s
 * @param maxPerCaller how many streams one caller may have open at a replica; 1 to 1,000; default
 *     10
 */
@Validated
@ConfigurationProperties("rekey.audit.stream")
record StreamProperties(
    @DefaultValue("15s") @DurationMin(seconds = 1) @DurationMax(minutes = 5) Duration heartbeat,
    @DefaultValue("10") @Min(1) @Max(StreamPlaces.MAX) int maxPerCaller) {}
