package dev.rekey.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.UpstreamName;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One immutable fact. */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record AuditEvent(
    UUID id,
    @Nullable Long seq,
    AuditType type,
    Instant occurredAt,
    @Nullable AuditOutcome outcome,
    @Nullable String reason,
    Actor actor,
    @Nullable String upstream,
    @Nullable String subject,
    @Nullable String upstreamId,
    @Nullable UUID credentialId,
    @Nullable UUID rotationId,
    @Nullable String requestId,
    @Nullable String traceId,
    @Nullable Source source,
    List<Change> changes,
    boolean backfilled,
    int schemaVersion) {

  /** The subject that it was about; null if none was known. */
  @Nullable Subject about() {
    return upstream == null || subject == null
        ? null
        : new Subject(new UpstreamName(upstream), subject);
  }

  /** Who did something. */
  public record Actor(
      String id, @Nullable String clientId, @Nullable String team, ActorKind kind) {}

  /** Whether somebody asked. */
  public enum ActorKind {
    caller,
    system
  }

  /** Where a request came from. */
  public record Source(@Nullable String ip, @Nullable String userAgent) {}

  /** One field that changed. */
  public record Change(String field, @Nullable String from, @Nullable String to) {}
}
