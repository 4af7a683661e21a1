package dev.rekey.rotation;

import dev.rekey.audit.AuditEntry;
import dev.rekey.audit.AuditEvent.Change;
import dev.rekey.audit.AuditLog;
import dev.rekey.credential.Credentials;
import dev.rekey.platform.Deadline;
import dev.rekey.platform.Ids;
import dev.rekey.platform.PathId;
import dev.rekey.platform.query.SqlText;
import dev.rekey.platform.query.SqlTime;
import dev.rekey.upstream.CredentialNaming;
import dev.rekey.upstream.UpstreamCredential;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Steps 1 and 3 of an update, delete or revoke, each in one short transaction. */
@Component
class ChangeLedger {

  /** The call may begin until then, and takes at most 20 s. The lease is longer. */
  private static final Duration SEND_WITHIN = Duration.ofSeconds(30);

  private final JdbcClient jdbc;
  private final Credentials credentials;
  private final AuditLog audit;
  private final RotationProperties properties;
  private final Clock clock;

  ChangeLedger(
      JdbcClient jdbc,
      Credentials credentials,
      AuditLog audit,
      RotationProperties properties,
      Clock clock) {
    this.jdbc = jdbc;
    this.credentials = credentials;
    this.audit = audit;
    this.properties = properties;
    this.clock = clock;
  }

  /** Commits the change. Nothing may be sent unless this returns. */
  @Transactional
  OpenChange open(
      ChangeKind kind,
      Initiator by,
      PathId target,
      @Nullable UUID rotation,
      CredentialNaming update) {
    // Begins before the lease in the database does.
    var sendBy = Deadline.in(SEND_WITHIN);
    List<Change> changes = changes(by, target, update);
    var open = new OpenChange(Ids.next(), kind, by, target, rotation, update, changes, sendBy);
    AuditEntry requested = entry(open, by.entry(kind.requested()));
    insert(open, requested.origin());
    audit.append(requested);
    return open;
  }

  private void insert(OpenChange open, AuditEntry.Origin origin) {
    var request = origin.request();
    jdbc.sql(
            """
            insert into credential_change (
              id, kind, upstream, subject, upstream_id, rotation_id, wanted_name,
              wanted_description, state, actor_kind, actor_id, actor_client_id, actor_team,
              request_id, trace_id, requested_at, lease_until)
            values (
              :id, :kind, :upstream, :subject, :upstreamId, :rotation, :name,
              :description, 'PENDING', :actorKind, :actor, :client, :team,
              :request, :trace, :at, clock_timestamp() + make_interval(secs => :lease))
            """)
        .param("id", open.id())
        .param("kind", open.kind().name())
        .param("upstream", open.by().subject().upstream().value())
        .param("subject", open.by().subject().name())
        .param("upstreamId", open.target().value())
        .param("rotation", open.rotation())
        .param("name", SqlText.of(open.update().name()))
        .param("description", SqlText.of(open.update().description()))
        .param("actorKind", origin.actor().kind().name())
        .param("actor", origin.actor().id())
        .param("client", SqlText.of(origin.actor().clientId()))
        .param("team", SqlText.of(origin.actor().team()))
        .param("request", SqlText.of(request == null ? null : request.requestId()))
        .param("trace", SqlText.of(request == null ? null : request.traceId()))
        .param("at", SqlTime.of(clock.instant()))
        .param("lease", SqlTime.seconds(SEND_WITHIN.plus(properties.leaseMargin())))
        .update();
  }

  /**
   * Records the outcome. May be called again if a commit's response was lost.
   *
   * @param sent when the request was sent; a later retirement of the credential wins
   */
  @Transactional
  void close(OpenChange open, Outcome<?> outcome, Instant sent) {
    MutationState state =
        jdbc.sql("select state from credential_change where id = :id for update")
            .param("id", open.id())
            .query(MutationState.class)
            .single();
    if (state == outcome.state() || !state.next().contains(outcome.state())) {
      return;
    }
    Instant now = clock.instant();
    if (outcome instanceof Outcome.Succeeded<?>(var value)) {
      if (value instanceof UpstreamCredential updated) {
        credentials.recordChange(open.by().subject(), updated, open.update(), sent, now);
      } else {
        credentials.markRetired(open.by().subject(), open.target(), now);
      }
    }
    setState(open, outcome.state(), outcome.reason(), outcome.upstreamStatus());
  }

  /** Sets the state of a change, whose row the caller's transaction has locked. */
  @Transactional(propagation = Propagation.MANDATORY)
  void setState(
      OpenChange open,
      MutationState state,
      @Nullable String reason,
      @Nullable Integer upstreamStatus) {
    jdbc.sql(
            """
            update credential_change set state = :state, reason = :reason,
              upstream_status = :status, closed_at = :at,
              next_check_at = case when :state = 'UNKNOWN' then clock_timestamp() end
            where id = :id
            """)
        .param("id", open.id())
        .param("state", state.name())
        .param("reason", SqlText.of(reason))
        .param("status", upstreamStatus)
        .param("at", SqlTime.of(clock.instant()))
        .update();
    audit.append(
        entry(open, open.by().entry(open.kind().closed(state))).result(state.audited(), reason));
  }

  private AuditEntry entry(OpenChange open, AuditEntry entry) {
    AuditEntry about =
        entry
            .credential(
                open.target(), credentials.idOf(open.by().subject(), open.target()).orElse(null))
            .changes(open.changes());
    return open.rotation() == null ? about : about.rotation(open.rotation());
  }

  private List<Change> changes(Initiator by, PathId target, CredentialNaming update) {
    if (update.equals(CredentialNaming.NONE)) {
      return List.of();
    }
    var known = credentials.naming(by.subject(), target);
    var changes = new ArrayList<Change>();
    if (update.name() != null) {
      changes.add(new Change("name", known.name(), update.name()));
    }
    if (update.description() != null) {
      changes.add(new Change("description", known.description(), update.description()));
    }
    return changes;
  }
}
