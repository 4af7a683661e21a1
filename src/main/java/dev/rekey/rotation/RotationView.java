package dev.rekey.rotation;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A rotation as callers see it. */
@JsonInclude(JsonInclude.Include.ALWAYS)
@Schema(name = "Rotation", description = "One recorded wish for a new credential.")
record RotationView(
    @Schema(
            description = "Its id, a UUIDv7; also in the Rekey-Rotation-Id header.",
            example = "019aa8a5-9c41-7b52-9e03-6c2d8f4a1b70")
        UUID id,
    @Schema(description = "Who was asked for the credential.", example = "conductorone")
        String upstream,
    @Schema(description = "Whose credential it is.", example = "apps/crm/connectors/okta")
        String subject,
    @Schema(description = "The name asked for; null where none can be chosen.")
        @Nullable String name,
    @Schema(
            description =
                "Where it stands. PENDING may have been cut off; UNKNOWN may have made a"
                    + " credential.")
        MutationState state,
    @Schema(description = "Why it ended so; null if there is nothing to add.")
        @Nullable String reason,
    @Schema(description = "Who wanted it.") Requester requestedBy,
    @Schema(
            description = "The request's X-Request-Id.",
            example = "019aa8a5-9c3e-7d10-8a44-1f0c5b6d7e8f")
        String requestId,
    @Schema(
            description = "The request's W3C trace id; null without tracing.",
            example = "4bf92f3577b34da6a3ce929d0e0e4736")
        @Nullable String traceId,
    @Schema(
            description = "When it was written down, before anything was sent.",
            example = "2026-11-22T09:30:00.012345Z")
        Instant requestedAt,
    @Schema(
            description = "When its outcome was written down; null while PENDING.",
            example = "2026-11-22T09:30:00.123456Z")
        @Nullable Instant closedAt,
    @Schema(
            description = "The credential that it made; null if it made none.",
            example = "019aa8a5-9c55-7a3e-8d21-0b9e7c6f5a42")
        @Nullable UUID credentialId,
    @Schema(
            description =
                "When the answer with the secret was written out; null if it was not, or nobody"
                    + " knows. Where it was not received, reissue.",
            example = "2026-11-22T09:30:00.123456Z")
        @Nullable Instant deliveredAt,
    @Schema(
            description =
                "The older credential that the new one is to take the place of; null if there is"
                    + " none.",
            example = "019aa8a5-9a03-7e21-9b55-2d7c1e0f4a66")
        @Nullable UUID replaces,
    @Schema(description = "The rotation whose secret was lost; null if this is no reissue.")
        @Nullable UUID reissueOf,
    @Schema(description = "The rotation that took its place because its secret was lost, if any.")
        @Nullable UUID reissuedAs,
    @Schema(
            description =
                "How long the older credential stays after a confirmation, in seconds; null for the"
                    + " default of 24 hours.",
            example = "86400")
        @Nullable Integer graceSeconds,
    @Schema(description = "Whether the new credential's first use confirms it.", example = "false")
        boolean confirmOnFirstUse,
    @Schema(description = "When the new credential was confirmed to work.")
        @Nullable Instant confirmedAt,
    @Schema(description = "When it was reverted.") @Nullable Instant revertedAt,
    @Schema(description = "When it was noted that nobody had confirmed it for too long.")
        @Nullable Instant unconfirmedAt,
    @Schema(description = "The credentials that are, or were, to be ended because of it.")
        List<Retirement> retirements,
    @Schema(description = "What can be done with it, as it stands.") List<Action> possible,
    @Schema(description = "Its mint calls, oldest first.") List<AttemptView> attempts) {

  /** Who wanted a rotation. */
  @Schema(name = "Requester", description = "Who wanted a rotation.")
  record Requester(
      @Schema(description = "The token's subject.", example = "payments") String id,
      @Schema(description = "The OAuth client; null if not known.", example = "payments")
          @Nullable String clientId,
      @Schema(description = "The team whose grant allowed it.", example = "payments")
          @Nullable String team) {}

  /** A credential that is to be ended. */
  @Schema(name = "Retirement", description = "A credential that is, or was, to be ended.")
  record Retirement(
      @Schema(
              description = "The credential in the inventory.",
              example = "019aa8a5-9a03-7e21-9b55-2d7c1e0f4a66")
          UUID credentialId,
      @Schema(description = "When its time comes.", example = "2026-11-23T09:30:00.123456Z")
          Instant dueAt,
      @Schema(description = "When it was ended; null if it was not yet.") @Nullable Instant doneAt,
      @Schema(description = "How often its end was tried.", example = "0") int tries,
      @Schema(description = "What kept it from being ended at the last try; null if nothing did.")
          @Nullable String lastFailure) {}

  /** One mint call. */
  @Schema(name = "Attempt", description = "One mint call, sent at most once.")
  record AttemptView(
      @Schema(description = "Its id, a UUIDv7.", example = "019aa8a5-9c42-7c11-b8f0-3d5e7a9c1b2d")
          UUID id,
      @Schema(description = "Its place among the rotation's attempts, from 1.", example = "1")
          int number,
      @Schema(description = "Where it stands.") MutationState state,
      @Schema(description = "Why it ended so.") @Nullable String reason,
      @Schema(description = "The status of a refusal or failure.") @Nullable Integer upstreamStatus,
      @Schema(description = "When it was written down.", example = "2026-11-22T09:30:00.012345Z")
          Instant startedAt,
      @Schema(
              description = "When its outcome was written down.",
              example = "2026-11-22T09:30:00.123456Z")
          @Nullable Instant closedAt) {}
}
