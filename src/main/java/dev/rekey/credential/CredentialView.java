package dev.rekey.credential;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A credential as the inventory shows it. */
@JsonInclude(JsonInclude.Include.ALWAYS)
@Schema(name = "Credential", description = "What is known of one credential; never its secret.")
record CredentialView(
    @Schema(
            description = "Its id in the inventory, a UUIDv7.",
            example = "019aa8a5-9c55-7a3e-8d21-0b9e7c6f5a42")
        UUID id,
    @Schema(description = "Who issued it.", example = "conductorone") String upstream,
    @Schema(description = "What authenticates with it.", example = "apps/crm/connectors/okta")
        String subject,
    @Schema(description = "Its id at the upstream.", example = "cred-7") String upstreamId,
    @Schema(description = "Its public half; null if not known.", example = "crm-okta-7")
        @Nullable String clientId,
    @Schema(description = "Its name; null if it has none.", example = "okta")
        @Nullable String displayName,
    @Schema(description = "Its description; null if it has none.") @Nullable String description,
    @Schema(description = "Where it stands in its life.") CredentialStatus status,
    @Schema(description = "How it came into the inventory.") CredentialOrigin origin,
    @Schema(description = "When the upstream made it.", example = "2026-11-22T09:30:00.000000Z")
        @Nullable Instant createdAt,
    @Schema(
            description = "When the upstream last changed it.",
            example = "2026-11-22T09:30:00.000000Z")
        @Nullable Instant updatedAt,
    @Schema(
            description = "When its upstream ends it by itself; null if it does not.",
            example = "2027-02-20T09:30:00.000000Z")
        @Nullable Instant expiresAt,
    @Schema(
            description =
                "When it reaches the maximum age that Rekey is configured with, where its upstream"
                    + " does not end it; it works on after that. Null if it has no maximum age.")
        @Nullable Instant policyExpiresAt,
    @Schema(
            description =
                "When it was last used, as of observedAt; null does not prove that it was not.",
            example = "2026-11-22T10:00:00.000000Z")
        @Nullable Instant lastUsedAt,
    @Schema(description = "When it was ended; null if it was not.") @Nullable Instant deletedAt,
    @Schema(
            description = "When it came into the inventory.",
            example = "2026-11-22T09:30:00.123456Z")
        Instant recordedAt,
    @Schema(
            description =
                "When Rekey last looked; the upstream's facts are as they were then. Older by up"
                    + " to a minute than the last look, never younger.",
            example = "2026-11-22T10:05:00.000000Z")
        Instant observedAt,
    @Schema(
            description = "The rotation that made it; null if none did.",
            example = "019aa8a5-9c41-7b52-9e03-6c2d8f4a1b70")
        @Nullable UUID rotationId,
    @Schema(description = "The credential that took its place, if any.") @Nullable UUID replacedBy,
    @Schema(description = "Where the facts come from, and how old they are.") Sources sources) {

  /** Where the facts of a credential come from. */
  @JsonInclude(JsonInclude.Include.ALWAYS)
  @Schema(
      name = "CredentialSources",
      description = "Where the facts come from, and how old they are.")
  record Sources(
      @Schema(description = "Of its names, its description, and all times but those of Rekey's.")
          Source facts,
      @Schema(description = "Of its status.") Source status,
      @Schema(description = "Of its end, expiresAt or policyExpiresAt; null if it has none.")
          @Nullable Source end) {}

  /** Where something is known from. */
  @Schema(name = "CredentialSource", description = "Where something is known from.")
  record Source(
      @Schema(description = "Who told.") SourceKind from,
      @Schema(description = "As of when.", example = "2026-11-22T10:05:00.000000Z") Instant at) {}

  /** Who told something. */
  @Schema(
      name = "CredentialSourceKind",
      enumAsRef = true,
      description =
          "Who told. UPSTREAM: the system that issued it. REKEY: what Rekey did itself. POLICY:"
              + " the maximum age in Rekey's configuration. CLOCK: its time ran out.")
  enum SourceKind {
    /** The system that issued it. */
    UPSTREAM,
    /** What Rekey did itself. */
    REKEY,
    /** The maximum age in Rekey's configuration. */
    POLICY,
    /** Its time ran out. */
    CLOCK
  }
}
