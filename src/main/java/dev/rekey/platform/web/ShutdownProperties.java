package dev.rekey.platform.web;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How a replica stops.
 *
 * @param drainFor how long it still takes requests and closes each connection with its response, so
 *     that clients reconnect to another replica; at most 30 s; default 5 s
 */
@Validated
@ConfigurationProperties("rekey.shutdown")
record ShutdownProperties(
    @DefaultValue("5s") @DurationMin @DurationMax(seconds = 30) Duration drainFor) {}
