package dev.rekey.rotation;

import dev.rekey.platform.query.SqlTime;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.UpstreamProblems;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Recognises requests that repeat an earlier one with the same key. */
@Component
class IdempotencyKeys {

  private final JdbcClient jdbc;
  private final RotationProperties properties;
  private final Clock clock;

  IdempotencyKeys(JdbcClient jdbc, RotationProperties properties, Clock clock) {
    this.jdbc = jdbc;
    this.properties = properties;
    this.clock = clock;
  }

  /**
   * Throws a problem if a request repeats an earlier one and cannot lead to a new attempt. Saves a
   * call to the upstream; {@link #lock} and {@link #requireRepeatable} decide.
   */
  @Transactional
  void refuseRepetition(RequestIdentity identity) {
    IdempotencyKey key = identity.key();
    if (key != null) {
      earlier(identity, key)
          .ifPresent(rotation -> requireRepeatable(rotation, identity.by().subject()));
    }
  }

  /**
   * Makes every other request under the key wait until this transaction ends.
   *
   * @return the rotation of an earlier request under the key; empty for a first request, and for
   *     one without a key. Throws a problem if a request without a key needs one.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  Optional<UUID> lock(RotationRequest request) {
    RequestIdentity identity = request.identity();
    IdempotencyKey key = identity.key();
    if (key == null) {
      if (properties.requiresIdempotencyKey(request.subject())) {
        throw RotationProblems.keyRequired();
      }
      return Optional.empty();
    }
    jdbc.sql("select pg_advisory_xact_lock(lock) from unnest(cast(:locks as bigint[])) lock")
        .param("locks", key.locks(identity.principal()).toArray(Long[]::new))
        .query((_, _) -> 1)
        .list();
    Optional<UUID> earlier = earlier(identity, key);
    earlier.ifPresent(_ -> keep(identity, key));
    return earlier;
  }

  private record Earlier(UUID rotation, String contentHash) {}

  // An earlier version may have stored both forms of a key, as two keys. Then each keeps its own.

  private Optional<UUID> earlier(RequestIdentity identity, IdempotencyKey key) {
    Optional<Earlier> earlier =
        jdbc.sql(
                """
                select rotation_id as rotation, request_hash as content_hash from idempotency_key
                where principal = :principal and key_hash = any (:hashes)
                order by key_hash = :sent desc limit 1
                """)
            .param("principal", identity.principal())
            .param("hashes", key.hashes().toArray(String[]::new))
            .param("sent", key.hash())
            .query(Earlier.class)
            .optional();
    if (earlier.isPresent() && !earlier.get().contentHash().equals(identity.contentHash())) {
      throw RotationProblems.keyReused(earlier.get().rotation());
    }
    return earlier.map(Earlier::rotation);
  }

  /** Restarts the time after which the key may be deleted. */
  private void keep(RequestIdentity identity, IdempotencyKey key) {
    jdbc.sql(
            "update idempotency_key set created_at = :at"
                + " where principal = :principal and key_hash = any (:hashes)")
        .param("principal", identity.principal())
        .param("hashes", key.hashes().toArray(String[]::new))
        .param("at", SqlTime.of(clock.instant()))
        .update();
  }

  /** Stores the rotation that the first request under a key opened. Ignores one without a key. */
  @Transactional(propagation = Propagation.MANDATORY)
  void store(RequestIdentity identity, UUID rotation) {
    IdempotencyKey key = identity.key();
    if (key != null) {
      jdbc.sql("insert into idempotency_key values (:principal, :key, :request, :rotation, :at)")
          .param("principal", identity.principal())
          .param("key", key.hash())
          .param("request", identity.contentHash())
          .param("rotation", rotation)
          .param("at", SqlTime.of(clock.instant()))
          .update();
    }
  }

  /**
   * Throws a problem unless the rotation may have a new attempt. Locks the rotation until the
   * transaction ends. Returns the number of its last attempt.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  int requireRepeatable(UUID rotation, Subject subject) {
    LastAttempt last = lastAttempt(rotation);
    switch (last.state()) {
      case PENDING -> throw RotationProblems.stillOpen(rotation);
      case UNKNOWN, SUPERSEDED, RESOLVED ->
          throw RotationProblems.unresolved(rotation, last.state());
      case SUCCEEDED -> throw RotationProblems.secretNotReplayable(rotation, last.credential());
      case REJECTED -> repeatRejection(rotation, subject, last);
      case NOT_ATTEMPTED, NOT_APPLIED, ORPHAN_REMOVED, COMPENSATED -> {}
    }
    return last.number();
  }

  private record LastAttempt(
      int number,
      MutationState state,
      @Nullable UUID credential,
      @Nullable Integer upstreamStatus,
      @Nullable String upstreamMessage) {}

  private LastAttempt lastAttempt(UUID rotation) {
    return jdbc.sql(
            """
            select r.state, r.credential_id as credential, a.number, a.upstream_status, a.upstream_message
            from rotation r join rotation_attempt a on a.rotation_id = r.id
            where r.id = :id order by a.number desc limit 1 for no key update of r
            """)
        .param("id", rotation)
        .query(LastAttempt.class)
        .single();
  }

  // A 429 says nothing about the request, so the same request may be sent again.
  private static void repeatRejection(UUID rotation, Subject subject, LastAttempt last) {
    int status = last.upstreamStatus() == null ? 0 : last.upstreamStatus();
    if (status != HttpStatus.TOO_MANY_REQUESTS.value()) {
      String message = last.upstreamMessage() == null ? "" : last.upstreamMessage();
      throw RotationProblems.of(
          UpstreamProblems.refusal(subject.upstream(), status, message, null), rotation);
    }
  }

  /**
   * Deletes keys that were not used for this long, except those of open or unknown rotations and of
   * active credentials. Returns how many.
   */
  @Transactional
  int deleteUnusedFor(Duration time) {
    return jdbc.sql(
            """
            delete from idempotency_key k using rotation r
            where r.id = k.rotation_id and k.created_at < :before
              and r.state not in ('PENDING', 'UNKNOWN')
              and not exists (select from credential c
                where c.id = r.credential_id and c.status in ('ACTIVE', 'RETIRING'))
            """)
        .param("before", SqlTime.of(clock.instant().minus(time)))
        .update();
  }
}
