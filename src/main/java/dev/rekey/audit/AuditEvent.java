package dev.rekey.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.UpstreamName;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One immutable fact. */
@JsonInclude(JsonInclude.Include.ALWAYS)
@Schema(description = "One immutable fact of the history.")
public record AuditEvent(
    @Schema(
            description = "The event's id, a UUIDv7.",
            example = "019aa8a6-0d1e-7f2a-9b3c-4d5e6f708192")
        UUID id,
    @Schema(
            description =
                "Its place in the sealed chain, 1 for the first; null until it is sealed, which"
                    + " takes about a second.",
            example = "4711")
        @Nullable Long seq,
    @Schema(description = "What kind of fact.") AuditType type,
    @Schema(
            description = "When it happened: UTC, with microseconds.",
            example = "2026-11-22T09:31:00.123456Z")
        Instant occurredAt,
    @Schema(description = "How it ended; null where the event only announces something.")
        @Nullable AuditOutcome outcome,
    @Schema(description = "Why it ended so, in words; null where there is nothing to add.")
        @Nullable String reason,
    @Schema(description = "Who did it.") Actor actor,
    @Schema(
            description = "The upstream it was about; null if none was chosen yet.",
            example = "keycard")
        @Nullable String upstream,
    @Schema(
            description = "The connector or service account it was about; null if none was known.",
            example = "organizations/acme/service-accounts/checkout")
        @Nullable String subject,
    @Schema(
            description = "The credential's id at its upstream; null while there is none.",
            example = "cred-1")
        @Nullable String upstreamId,
    @Schema(
            description = "The credential in Rekey's inventory; null while it is not in there.",
            example = "019aa8a5-9c55-7a3e-8d21-0b9e7c6f5a42")
        @Nullable UUID credentialId,
    @Schema(description = "The rotation, which joins its events; null if it was none.")
        @Nullable UUID rotationId,
    @Schema(
            description = "The request's X-Request-Id; null if Rekey acted by itself.",
            example = "019aa8a6-0d00-7e1f-8a2b-3c4d5e6f7081")
        @Nullable String requestId,
    @Schema(
            description = "The request's W3C trace id; null without tracing.",
            example = "4bf92f3577b34da6a3ce929d0e0e4736")
        @Nullable String traceId,
    @Schema(description = "Where the request came from; null if Rekey acted.")
        @Nullable Source source,
    @Schema(description = "What changed; empty where nothing did.") List<Change> changes,
    @Schema(
            description = "Whether it was written after the fact, because the database was away.",
            example = "false")
        boolean backfilled,
    @Schema(description = "The version of this shape.", example = "1") int schemaVersion) {

  /** The subject that it was about; null if none was known. */
  @Nullable Subject about() {
    return upstream == null || subject == null
        ? null
        : new Subject(new UpstreamName(upstream), subject);
  }

  /** Who did something. */
  @Schema(name = "AuditActor", description = "Who did something.")
  public record Actor(
      @Schema(description = "The token's subject, or rekey itself.", example = "payments")
          String id,
      @Schema(description = "The OAuth client; null if not known.", example = "payments")
          @Nullable String clientId,
      @Schema(
              description = "The team whose grant allowed it, or the first one of who was denied.",
              example = "payments")
          @Nullable String team,
      @Schema(description = "A caller, or the system itself.") ActorKind kind) {}

  /** Whether somebody asked. */
  @Schema(
      name = "AuditActorKind",
      enumAsRef = true,
      description =
          "Whether somebody asked. caller: an access token did. system: Rekey acted by itself.")
  public enum ActorKind {
    caller,
    system
  }

  /** Where a request came from. */
  @Schema(name = "AuditSource", description = "Where a request came from.")
  public record Source(
      @Schema(description = "The peer's address.", example = "127.0.0.1") @Nullable String ip,
      @Schema(description = "Its User-Agent; null if it sent none.", example = "curl/8.5.0")
          @Nullable String userAgent) {}

  /** One field that changed. */
  @Schema(name = "AuditChange", description = "One field that changed.")
  public record Change(
      @Schema(description = "The field.", example = "name") String field,
      @Schema(description = "Its old value; null if it had none, or none known.", example = "ci")
          @Nullable String from,
      @Schema(description = "Its new value; null if it has none.", example = "ci-2026-11")
          @Nullable String to) {}
}
