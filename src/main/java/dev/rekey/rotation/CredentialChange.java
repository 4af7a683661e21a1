package dev.rekey.rotation;

import dev.rekey.access.Permit;
import dev.rekey.platform.Ids;
import dev.rekey.platform.PathId;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One recorded change of a credential that makes no new secret. */
@Entity
@SuppressWarnings("UnusedVariable") // fields are columns, which are written here and read in SQL
class CredentialChange {

  @Id private UUID id;

  @Enumerated(EnumType.STRING)
  private ChangeKind kind;

  private String upstream;
  private String subject;
  private String upstreamId;

  @Enumerated(EnumType.STRING)
  private MutationState state;

  private @Nullable String reason;
  private @Nullable Integer upstreamStatus;
  private String actorId;
  private @Nullable String actorClientId;
  private @Nullable String actorTeam;
  private String requestId;
  private @Nullable String traceId;
  private Instant requestedAt;
  private @Nullable Instant closedAt;
  @Version private @Nullable Integer version;

  /** For Hibernate, which fills every field from its not-null column. */
  @SuppressWarnings("NullAway.Init")
  protected CredentialChange() {}

  CredentialChange(ChangeKind kind, Permit.Write permit, PathId upstreamId, Instant at) {
    this.id = Ids.next();
    this.kind = kind;
    this.upstream = permit.subject().upstream().value();
    this.subject = permit.subject().name();
    this.upstreamId = upstreamId.value();
    this.state = MutationState.PENDING;
    this.actorId = permit.caller().id();
    this.actorClientId = permit.caller().clientId();
    this.actorTeam = permit.team();
    this.requestId = permit.caller().request().requestId();
    this.traceId = permit.caller().request().traceId();
    this.requestedAt = at;
  }

  UUID id() {
    return id;
  }

  boolean isPending() {
    return state == MutationState.PENDING;
  }

  void close(Outcome<?> outcome, Instant at) {
    state = outcome.state();
    reason = outcome.reason();
    upstreamStatus = outcome.upstreamStatus();
    closedAt = at;
  }
}
