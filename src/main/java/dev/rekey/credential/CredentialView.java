package dev.rekey.credential;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A credential as the inventory shows it. */
@JsonInclude(JsonInclude.Include.ALWAYS)
record CredentialView(
    UUID id,
    String upstream,
    String subject,
    String upstreamId,
    @Nullable String clientId,
    @Nullable String displayName,
    @Nullable String description,
    CredentialStatus status,
    CredentialOrigin origin,
    @Nullable Instant createdAt,
    @Nullable Instant updatedAt,
    @Nullable Instant expiresAt,
    @Nullable Instant policyExpiresAt,
    @Nullable Instant lastUsedAt,
    @Nullable Instant deletedAt,
    Instant recordedAt,
    Instant observedAt,
    @Nullable UUID rotationId,
    @Nullable UUID replacedBy,
    Sources sources) {

  /** Where the facts of a credential come from. */
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record Sources(Source facts, Source status, @Nullable Source end) {}

  /** Where something is known from. */
  record Source(SourceKind from, Instant at) {}

  /** Who told something. */
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
