package dev.rekey.audit;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.rekey.platform.query.Cursor;
import dev.rekey.upstream.Subject;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One immutable fact.
 *
 * @param seq the sequence number in the chain; null until the event is sealed
 * @param backfilled whether it was appended later than it happened
 * @param rowHash its hash in its seal, in hexadecimal; null until it is sealed. Not part of the
 *     event, so its own JSON does not have it
 */
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
    int schemaVersion,
    @JsonIgnore @Nullable String rowHash) {

  /** The position of the event in the order of time. */
  Cursor cursor() {
    return new Cursor(occurredAt, id);
  }

  /** The sequence number of an event that is sealed. */
  public long sealedSeq() {
    if (seq == null) {
      throw new IllegalStateException("the event is not sealed");
    }
    return seq;
  }

  /** The subject with its upstream; null if the event has none. */
  @Nullable Subject fullSubject() {
    return upstream == null || subject == null ? null : Subject.of(upstream, subject);
  }

  /** The principal that caused an event. */
  public record Actor(
      String id, @Nullable String clientId, @Nullable String team, ActorKind kind) {}

  /** Whether a program called, a person did, or Rekey acted by itself. */
  public enum ActorKind {
    caller,
    person,
    system
  }

  /** Where a request came from; null where it is unknown. */
  public record Source(@Nullable String ip, @Nullable String userAgent) {}

  /** One field that changed; null for no value. */
  public record Change(String field, @Nullable String from, @Nullable String to) {}
}
