package dev.rekey.rotation;

import dev.rekey.platform.Deadline;
import dev.rekey.platform.Pause;
import dev.rekey.platform.query.SqlTime;
import dev.rekey.rotation.RotationRequest.Reissue;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Recognises a request without a key that may repeat the caller's newest mint of the same target.
 * Some clients repeat a request after any error, and do not say so.
 */
@Component
class RepeatedMints {

  /** ConductorOne's client repeats a request for up to an hour. */
  private static final Duration CLIENTS_REPEAT_WITHIN = Duration.ofHours(1);

  /** Clients that count their retries stop within this time. */
  private static final Duration CLIENTS_RETRY_WITHIN = Duration.ofMinutes(5);

  /** A delivery is recorded just after its response was written. */
  private static final Duration DELIVERY_RECORDED_WITHIN = Duration.ofSeconds(2);

  private static final Duration PAUSE = Duration.ofMillis(20);

  private final JdbcClient jdbc;
  private final Clock clock;

  RepeatedMints(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /**
   * Waits a moment for the record that the caller received its newest secret of the target. Returns
   * whether the request repeats no mint after that.
   */
  boolean awaitDelivery(RotationRequest request) {
    var deadline = Deadline.in(DELIVERY_RECORDED_WITHIN);
    Optional<Mint> newest = newest(request);
    while (newest.filter(mint -> mint.isUndeliveredFor(request)).isPresent()
        && !deadline.hasPassed()
        && Pause.sleep(PAUSE)) {
      newest = newest(request);
    }
    return newest.filter(mint -> mint.mayBeRepeatedBy(request)).isEmpty();
  }

  /**
   * Throws a problem if the request may repeat a mint. Its own rotation has to be open in this
   * transaction: then no other one of the target is, and the decision cannot be out of date.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  void refuse(RotationRequest request) {
    newest(request)
        .filter(mint -> mint.mayBeRepeatedBy(request))
        .ifPresent(
            mint -> {
              throw RotationProblems.repeatedMint(mint.rotation(), mint.state());
            });
  }

  /** A closed mint. Recent means that a client may still retry it and count that. */
  private record Mint(UUID rotation, MutationState state, boolean isDelivered, boolean isRecent) {

    boolean mayBeRepeatedBy(RotationRequest request) {
      return switch (state) {
        case UNKNOWN, SUPERSEDED -> !isDelivered || isRetriedBy(request);
        case SUCCEEDED -> isUndeliveredFor(request) || isRetriedBy(request);
        case PENDING, REJECTED, NOT_ATTEMPTED, NOT_APPLIED, ORPHAN_REMOVED, COMPENSATED, RESOLVED ->
            false;
      };
    }

    // A reissue is the remedy for a lost secret, and its own success makes it impossible.
    boolean isUndeliveredFor(RotationRequest request) {
      return state == MutationState.SUCCEEDED
          && !isDelivered
          && !(request.purpose() instanceof Reissue);
    }

    private boolean isRetriedBy(RotationRequest request) {
      return isRecent && request.identity().submission().isClientRetry();
    }
  }

  /** Empty for a request with a key, which recognises a repetition itself. */
  private Optional<Mint> newest(RotationRequest request) {
    if (request.identity().key() != null) {
      return Optional.empty();
    }
    Instant now = clock.instant();
    return jdbc.sql(
            """
            select r.id as rotation, r.state, r.delivered_at is not null as is_delivered,
              r.requested_at > :recently as is_recent
            from rotation r join rotation_attempt a on a.rotation_id = r.id
            where r.actor_id = :actor and r.subject = :subject and r.target = :target
              and r.requested_at > :since and r.state <> 'PENDING'
            order by a.started_at desc limit 1
            """)
        .param("actor", request.identity().principal())
        .param("subject", request.subject().name())
        .param("target", request.target())
        .param("recently", SqlTime.of(now.minus(CLIENTS_RETRY_WITHIN)))
        .param("since", SqlTime.of(now.minus(CLIENTS_REPEAT_WITHIN)))
        .query(Mint.class)
        .optional();
  }
}
