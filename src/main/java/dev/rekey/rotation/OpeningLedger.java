package dev.rekey.rotation;

import dev.rekey.access.Permit;
import dev.rekey.audit.AuditEntry;
import dev.rekey.audit.AuditLog;
import dev.rekey.audit.AuditType;
import dev.rekey.platform.Ids;
import dev.rekey.platform.PathId;
import dev.rekey.platform.query.SqlTime;
import dev.rekey.rotation.RotationRequest.Overlap;
import dev.rekey.rotation.RotationRequest.Reissue;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Step 1 of a rotation: commits the request before anything is sent. */
@Component
class OpeningLedger {

  private final JdbcClient jdbc;
  private final IdempotencyKeys keys;
  private final RepeatedMints repeated;
  private final RotationDecisionLedger decisions;
  private final AuditLog audit;
  private final RotationProperties properties;
  private final Clock clock;

  OpeningLedger(
      JdbcClient jdbc,
      IdempotencyKeys keys,
      RepeatedMints repeated,
      RotationDecisionLedger decisions,
      AuditLog audit,
      RotationProperties properties,
      Clock clock) {
    this.jdbc = jdbc;
    this.keys = keys;
    this.repeated = repeated;
    this.decisions = decisions;
    this.audit = audit;
    this.properties = properties;
    this.clock = clock;
  }

  /**
   * Opens a rotation with this id, or another attempt of the rotation of an earlier request under
   * the same key. Nothing may be sent unless this returns. Throws a problem if it refuses.
   */
  @Transactional
  OpenAttempt open(UUID id, RotationRequest request) {
    Optional<UUID> earlier = keys.lock(request);
    return earlier.isPresent() ? reopen(earlier.get(), request) : openFirst(id, request);
  }

  /** Same, and refuses a request without a key that may repeat a mint. */
  @Transactional
  OpenAttempt openUnlessRepeated(UUID id, RotationRequest request) {
    OpenAttempt attempt = open(id, request);
    repeated.refuse(request);
    return attempt;
  }

  private OpenAttempt openFirst(UUID id, RotationRequest request) {
    decisions.admit(request);
    if (insert(id, request) == 0) {
      throw RotationProblems.inProgress(pending(request).orElse(null));
    }
    OpenAttempt attempt = insertAttempt(id, 1, request);
    keys.store(request.identity(), id);
    return attempt;
  }

  private int insert(UUID id, RotationRequest request) {
    Permit.Write permit = request.permit();
    Overlap overlap = request.purpose().overlap();
    return jdbc.sql(
            """
            insert into rotation (
              id, upstream, subject, target, name, description, state, actor_id,
              actor_client_id, actor_team, request_id, trace_id, requested_at, replaces,
              reissue_of, grace_seconds, confirm_on_first_use)
            values (
              :id, :upstream, :subject, :target, :name, :description, 'PENDING', :actor,
              :client, :team, :request, :trace, :at, :replaces,
              :reissueOf, :grace, :onFirstUse)
            on conflict (upstream, target) where state = 'PENDING' do nothing
            """)
        .param("id", id)
        .param("upstream", request.subject().upstream().value())
        .param("subject", request.subject().name())
        .param("target", request.target())
        .param("name", request.naming().name())
        .param("description", request.naming().description())
        .param("actor", permit.caller().id())
        .param("client", permit.caller().clientId())
        .param("team", permit.team())
        .param("request", permit.caller().request().requestId())
        .param("trace", permit.caller().request().traceId())
        .param("at", SqlTime.of(clock.instant()))
        .param("replaces", overlap == null ? null : overlap.old())
        .param("reissueOf", request.purpose() instanceof Reissue reissue ? reissue.lost() : null)
        .param("grace", overlap == null ? null : overlap.graceSeconds())
        .param("onFirstUse", overlap != null && overlap.terms().confirmOnFirstUse())
        .update();
  }

  private Optional<UUID> pending(RotationRequest request) {
    return jdbc.sql(
            "select id from rotation"
                + " where upstream = :upstream and target = :target and state = 'PENDING'")
        .param("upstream", request.subject().upstream().value())
        .param("target", request.target())
        .query(UUID.class)
        .optional();
  }

  private OpenAttempt reopen(UUID rotation, RotationRequest request) {
    decisions.lock(request);
    int attempts = keys.requireRepeatable(rotation, request.subject());
    decisions.admit(request);
    Optional<UUID> other = pending(request);
    if (other.isPresent()) {
      throw RotationProblems.inProgress(other.get());
    }
    jdbc.sql(
            """
            update rotation set state = 'PENDING', reason = null, closed_at = null,
              credential_id = null, delivered_at = null, confirmed_at = null, reverted_at = null,
              unconfirmed_at = null, next_look_at = null
            where id = :id
            """)
        .param("id", rotation)
        .update();
    return insertAttempt(rotation, attempts + 1, request);
  }

  private OpenAttempt insertAttempt(UUID rotation, int number, RotationRequest request) {
    UUID attempt = Ids.next();
    jdbc.sql(
            """
            insert into rotation_attempt (id, rotation_id, number, state, started_at, lease_until)
            values (:id, :rotation, :number, 'PENDING', clock_timestamp(),
              clock_timestamp() + make_interval(secs => :lease))
            """)
        .param("id", attempt)
        .param("rotation", rotation)
        .param("number", number)
        .param("lease", properties.lease().toMillis() / 1000.0)
        .update();
    audit.append(AuditEntry.of(AuditType.ROTATION_REQUESTED, request.permit()).rotation(rotation));
    return new OpenAttempt(attempt, rotation, 0, request);
  }

  /**
   * Records which credential the attempt made, before its secret is delivered. Returns false if
   * another replica may have taken the attempt over.
   */
  @Transactional
  boolean recordMade(OpenAttempt attempt, PathId made) {
    return jdbc.sql(
                """
                update rotation_attempt set upstream_id = :made
                where id = :id and epoch = :epoch and state = 'PENDING'
                  and lease_until > clock_timestamp()
                """)
            .param("id", attempt.id())
            .param("epoch", attempt.epoch())
            .param("made", made.value())
            .update()
        == 1;
  }

  /** Whether this replica may still send the attempt, by the database's clock. */
  @Transactional(readOnly = true)
  boolean maySend(OpenAttempt attempt) {
    return jdbc.sql(
            "select lease_until > clock_timestamp() and epoch = :epoch and state = 'PENDING'"
                + " from rotation_attempt where id = :id")
        .param("id", attempt.id())
        .param("epoch", attempt.epoch())
        .query(Boolean.class)
        .single();
  }
}
