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
 * How rotations run and are brought to an end.
 *
 * @param callWithin nothing is sent, and nothing waited for, this long after the request; at most,
 *     and by default, 36 s, which leaves 9 s of the 45 s in which a minting request is answered
 * @param leaseMargin how long a lease outlives that; default 30 s
 * @param reconcileEvery pause between two sweeps of one replica; default 5 s
 * @param consistencyWindow for how long after the lease a list has to show nothing before a mint
 *     counts as not applied; default 10 min
 * @param requireIdempotencyKey subjects whose credentials are minted only under an Idempotency-Key;
 *     default none
 * @param keepIdempotencyKeys how long a key is remembered at least; at least, and by default, 24 h
 * @param retireEvery pause between two runs of the job that ends older credentials; default 30 s
 * @param unconfirmedAfter how long an older credential may stay beside a new one before that is
 *     worth an event; default 7 d
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

  /** From step 1 on; only until then may the replica that opened an attempt act on it. */
  Duration lease() {
    return callWithin.plus(leaseMargin);
  }

  boolean requiresIdempotencyKey(Subject subject) {
    return requireIdempotencyKey.stream().anyMatch(pattern -> pattern.matches(subject));
  }
}
