package dev.rekey.rotation;

import dev.rekey.audit.AuditEntry;
import dev.rekey.audit.AuditEvent.Change;
import dev.rekey.audit.AuditLog;
import dev.rekey.audit.AuditOutcome;
import dev.rekey.credential.Credentials;
import dev.rekey.platform.Ids;
import dev.rekey.platform.PathId;
import dev.rekey.platform.query.SqlTime;
import dev.rekey.upstream.CredentialNaming;
import dev.rekey.upstream.UpstreamCredential;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Steps 1 and 3 of a change that makes no new secret, each one short transaction. */
@Component
class ChangeLedger {

  /** A change that is not a mint may take 20 s, plus the wait for its turn. */
  private static final int LEASE_SECONDS = 30;

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

  /**
   * A change that may be sent.
   *
   * @param rotation the one that it is a part of; null if of none
   * @param update what is to be changed, as far as it is not null
   * @param what the same with what was there before, for the history
   */
  record Opened(
      UUID id,
      ChangeKind kind,
      Initiator by,
      PathId target,
      @Nullable UUID rotation,
      CredentialNaming update,
      List<Change> what) {}

  /** Writes the change down. Unless this returns, nothing may be sent. */
  @Transactional
  Opened open(
      ChangeKind kind,
      Initiator by,
      PathId target,
      @Nullable UUID rotation,
      CredentialNaming update) {
    var opened =
        new Opened(Ids.next(), kind, by, target, rotation, update, what(by, target, update));
    AuditEntry requested = entry(opened, by.entry(kind.requested()));
    var request = requested.request();
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
        .param("id", opened.id())
        .param("kind", kind.name())
        .param("upstream", by.subject().upstream().value())
        .param("subject", by.subject().name())
        .param("upstreamId", target.value())
        .param("rotation", rotation)
        .param("name", update.name())
        .param("description", update.description())
        .param("actorKind", requested.actor().kind().name())
        .param("actor", requested.actor().id())
        .param("client", requested.actor().clientId())
        .param("team", requested.actor().team())
        .param("request", request == null ? null : request.requestId())
        .param("trace", request == null ? null : request.traceId())
        .param("at", SqlTime.of(clock.instant()))
        .param("lease", LEASE_SECONDS + properties.leaseMargin().toMillis() / 1000.0)
        .update();
    audit.append(requested);
    return opened;
  }

  /** Whether the change is still this replica's to send, on the database's clock. */
  @Transactional(readOnly = true)
  boolean maySend(Opened opened) {
    return jdbc.sql(
            "select lease_until > clock_timestamp() and state = 'PENDING'"
                + " from credential_change where id = :id")
        .param("id", opened.id())
        .query(Boolean.class)
        .single();
  }

  /**
   * Writes down how it ended; can be called again if it is not known whether the call took.
   *
   * @param sent when the upstream was asked, so that what has ended the credential since wins
   */
  @Transactional
  void close(Opened opened, Outcome<?> outcome, Instant sent) {
    MutationState state =
        jdbc.sql("select state from credential_change where id = :id for update")
            .param("id", opened.id())
            .query((row, _) -> MutationState.valueOf(row.getString(1)))
            .single();
    if (state == outcome.state() || !state.next().contains(outcome.state())) {
      return;
    }
    Instant now = clock.instant();
    if (outcome instanceof Outcome.Succeeded<?>(var value)) {
      if (value instanceof UpstreamCredential updated) {
        credentials.recordChange(opened.by().subject(), updated, opened.update(), sent, now);
      } else {
        credentials.markRetired(opened.by().subject(), opened.target(), now);
      }
    }
    end(opened, outcome.state(), outcome.audited(), outcome.reason(), upstreamStatus(outcome));
  }

  private static @Nullable Integer upstreamStatus(Outcome<?> outcome) {
    return switch (outcome) {
      case Outcome.Rejected<?>(int status, var _, var _) -> status;
      case Outcome.Unknown<?>(var _, var status, var _) -> status;
      case Outcome.Succeeded<?> _, Outcome.NotAttempted<?> _, Outcome.Compensated<?> _ -> null;
    };
  }

  /** Moves a change on, in the caller's transaction, which holds its row. */
  @Transactional(propagation = Propagation.MANDATORY)
  void end(
      Opened opened,
      MutationState state,
      AuditOutcome audited,
      @Nullable String reason,
      @Nullable Integer upstreamStatus) {
    jdbc.sql(
            """
            update credential_change set state = :state, reason = :reason,
              upstream_status = :status, closed_at = :at,
              next_check_at = case when :state = 'UNKNOWN' then clock_timestamp() end
            where id = :id
            """)
        .param("id", opened.id())
        .param("state", state.name())
        .param("reason", reason)
        .param("status", upstreamStatus)
        .param("at", SqlTime.of(clock.instant()))
        .update();
    audit.append(
        entry(opened, opened.by().entry(opened.kind().ended(state))).ended(audited, reason));
  }

  private AuditEntry entry(Opened opened, AuditEntry entry) {
    AuditEntry about =
        entry
            .credential(
                opened.target(),
                credentials.idOf(opened.by().subject(), opened.target()).orElse(null))
            .changes(opened.what());
    return opened.rotation() == null ? about : about.rotation(opened.rotation());
  }

  private List<Change> what(Initiator by, PathId target, CredentialNaming update) {
    if (update.equals(CredentialNaming.NONE)) {
      return List.of();
    }
    var known = credentials.naming(by.subject(), target);
    var what = new ArrayList<Change>();
    if (update.name() != null) {
      what.add(new Change("name", known.name(), update.name()));
    }
    if (update.description() != null) {
      what.add(new Change("description", known.description(), update.description()));
    }
    return what;
  }
}
