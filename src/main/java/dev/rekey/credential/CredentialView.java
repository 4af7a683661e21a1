package dev.rekey.credential;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.rekey.access.Owner;
import dev.rekey.policy.NextRotation;
import dev.rekey.policy.WaitsFor;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A credential as the API returns it. */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record CredentialView(
    UUID id,
    String upstream,
    String subject,
    String upstreamId,
    @Nullable String clientId,
    @Nullable String displayName,
    @Nullable String description,
    CredentialStatus status,
    CredentialOrigin origin,
    boolean ownLogin,
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
    @Nullable String deliveredTo,
    @Nullable Instant deliveredAt,
    String policy,
    @Nullable Instant nextRotationAt,
    @Nullable WaitsFor rotationWaitsFor,
    @Nullable Owner owner,
    Sources sources) {

  @JsonInclude(JsonInclude.Include.ALWAYS)
  public record Sources(Source facts, Source status, @Nullable Source end) {}

  /** The origin of a value and the time since when it is known. */
  public record Source(SourceKind from, Instant at) {}

  /** The origin of a value. */
  public enum SourceKind {
    /** The system that issued the credential. */
    UPSTREAM,
    /** A rotation or change through Rekey. */
    REKEY,
    /** The maximum age in Rekey's configuration. */
    POLICY,
    /** The expiry time has passed. */
    CLOCK
  }

  /**
   * Creates the view of a credential. {@code scannedAt} is when the refresher last read the subject
   * without recording anything; null if never. {@code next} is null if no policy rotates it, and
   * {@code owner} if the subject has none.
   */
  static CredentialView of(
      Credential credential,
      @Nullable Instant scannedAt,
      boolean ownLogin,
      String policy,
      @Nullable NextRotation next,
      @Nullable Owner owner) {
    CredentialFacts facts = credential.facts();
    Instant recorded = credential.observedAt();
    Instant observedAt =
        scannedAt == null || credential.isGone() || scannedAt.isBefore(recorded)
            ? recorded
            : scannedAt;
    var upstream = new Source(SourceKind.UPSTREAM, observedAt);
    return new CredentialView(
        credential.id(),
        credential.subject().upstream().value(),
        credential.subject().name(),
        credential.upstreamId().value(),
        facts.clientId(),
        facts.displayName(),
        facts.description(),
        credential.status(),
        credential.origin(),
        ownLogin,
        facts.createdAt(),
        facts.updatedAt(),
        facts.expiresAt(),
        credential.policyExpiresAt(),
        facts.lastUsedAt(),
        facts.deletedAt(),
        credential.recordedAt(),
        observedAt,
        credential.rotationId(),
        credential.replacedBy(),
        credential.deliveredTo(),
        credential.deliveredAt(),
        policy,
        next == null ? null : next.at(),
        next == null ? null : next.waitsFor(),
        owner,
        new Sources(
            upstream, statusSource(credential, upstream), expirySource(credential, upstream)));
  }

  private static Source statusSource(Credential credential, Source upstream) {
    CredentialFacts facts = credential.facts();
    return switch (credential.status()) {
      case ACTIVE, MISSING -> upstream;
      case RETIRING -> new Source(SourceKind.REKEY, upstream.at());
      case RETIRED ->
          new Source(SourceKind.REKEY, requireNonNullElse(facts.deletedAt(), upstream.at()));
      case EXPIRED ->
          new Source(SourceKind.CLOCK, requireNonNullElse(facts.expiresAt(), upstream.at()));
    };
  }

  private static @Nullable Source expirySource(Credential credential, Source upstream) {
    if (credential.facts().expiresAt() != null) {
      return upstream;
    }
    return credential.policyExpiresAt() == null
        ? null
        : new Source(SourceKind.POLICY, upstream.at());
  }
}
