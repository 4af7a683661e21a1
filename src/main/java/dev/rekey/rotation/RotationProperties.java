package dev.rekey.rotation;

import dev.rekey.access.SubjectPattern;
import dev.rekey.upstream.Subject;
import java.time.Duration;
import java.util.List;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of rotations.
 *
 * @param callWithin time limit of a mint call, from the request on; default and maximum 36 s, which
 *     leaves 9 s of the 45 s in which a minting request is answered
 * @param leaseMargin time from that limit until the lease expires; default 30 s
 * @param reconcileEvery pause between two runs of the reconciler; default 5 s
 * @param consistencyWindow time after the lease's expiry during which a list must not show the
 *     credential, before a mint counts as not applied; default 10 min
 * @param requireIdempotencyKey subjects for which a minting request needs an Idempotency-Key;
 *     default none
 * @param keepIdempotencyKeys shortest time for which a key is kept; default and minimum 24 h
 * @param retireEvery pause between two runs of the job that retires old credentials; default 30 s
 * @param unconfirmedAfter time without a confirmation after which an event reports it; default 7 d
 */
@Validated
@ConfigurationProperties("rekey.rotation")
record RotationProperties(
    @DefaultValue("36s") @DurationMin(millis = 1) @DurationMax(seconds = 36) Duration callWithin,
    @DefaultValue("30s") @DurationMin(millis = 1) Duration leaseMargin,
    @DefaultValue(RECONCILE_EVERY) @DurationMin(millis = 1) Duration reconcileEvery,
    @DefaultValue("10m") @DurationMin Duration consistencyWindow,
    @DefaultValue List<SubjectPattern> requireIdempotencyKey,
    @DefaultValue("24h") @DurationMin(hours = 24) Duration keepIdempotencyKeys,
    @DefaultValue(RETIRE_EVERY) @DurationMin(millis = 1) Duration retireEvery,
    @DefaultValue("7d") @DurationMin Duration unconfirmedAfter) {

  static final String RECONCILE_EVERY = "5s";
  static final String RETIRE_EVERY = "30s";

  /** The time, from step 1 on, in which only the replica that opened an attempt may act on it. */
  Duration lease() {
    return callWithin.plus(leaseMargin);
  }

  boolean requiresIdempotencyKey(Subject subject) {
    return requireIdempotencyKey.stream().anyMatch(pattern -> pattern.matches(subject));
  }
}
