package dev.rekey.credential;

import dev.rekey.audit.AuditEvent.Change;
import dev.rekey.platform.PathId;
import dev.rekey.upstream.CredentialNaming;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.UpstreamCredential;
import dev.rekey.upstream.UpstreamName;
import dev.rekey.upstream.Upstreams;
import jakarta.persistence.Column;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The metadata of one upstream credential. Lock the row before you change it: Hibernate writes it
 * at commit, and must not wait for a row then, because the outbox holds locks.
 */
@Entity
class Credential {

  /** The age at which {@code observedAt} is updated although nothing else changed. */
  private static final Duration OBSERVATION_GRAIN = Duration.ofMinutes(1);

  @Id private UUID id;
  private String upstream;
  private String subject;
  private String upstreamId;
  @Embedded private @Nullable CredentialFacts facts;

  @Enumerated(EnumType.STRING)
  private CredentialStatus status;

  @Enumerated(EnumType.STRING)
  private CredentialOrigin origin;

  private @Nullable Instant policyExpiresAt;
  private Instant recordedAt;
  private Instant observedAt;
  private @Nullable UUID rotationId;
  private @Nullable UUID replacedBy;
  @Embedded private @Nullable ExpiryNotice expiryNotice;
  @Column private @Nullable UUID plannedBy;
  private @Nullable String deliveredTo;
  private @Nullable Instant deliveredAt;
  @Version private int version;

  /** For Hibernate, which sets every field. */
  @SuppressWarnings("NullAway.Init")
  protected Credential() {}

  /** Creates the row of a credential about which only its existence is known. */
  Credential(UUID id, Subject subject, PathId upstreamId, Instant at) {
    this.id = id;
    this.upstream = subject.upstream().value();
    this.subject = subject.name();
    this.upstreamId = upstreamId.value();
    this.status = CredentialStatus.ACTIVE;
    this.origin = CredentialOrigin.DISCOVERED;
    this.recordedAt = at;
    this.observedAt = at;
  }

  /** For {@link CredentialRow}. */
  Credential(
      UUID id,
      String upstream,
      String subject,
      String upstreamId,
      CredentialFacts facts,
      CredentialStatus status,
      CredentialOrigin origin,
      @Nullable Instant policyExpiresAt,
      Instant recordedAt,
      Instant observedAt,
      @Nullable UUID rotationId,
      @Nullable UUID replacedBy,
      ExpiryNotice expiryNotice,
      @Nullable UUID plannedBy,
      @Nullable String deliveredTo,
      @Nullable Instant deliveredAt) {
    this.id = id;
    this.upstream = upstream;
    this.subject = subject;
    this.upstreamId = upstreamId;
    this.facts = facts;
    this.status = status;
    this.origin = origin;
    this.policyExpiresAt = policyExpiresAt;
    this.recordedAt = recordedAt;
    this.observedAt = observedAt;
    this.rotationId = rotationId;
    this.replacedBy = replacedBy;
    this.expiryNotice = expiryNotice;
    this.plannedBy = plannedBy;
    this.deliveredTo = deliveredTo;
    this.deliveredAt = deliveredAt;
  }

  UUID id() {
    return id;
  }

  Subject subject() {
    return Subject.of(upstream, subject);
  }

  PathId upstreamId() {
    return PathId.of(upstreamId);
  }

  // Hibernate loads an embeddable as null if all its columns are null.
  CredentialFacts facts() {
    return facts == null ? CredentialFacts.NONE : facts;
  }

  /** Where its secret was delivered last; null if it was not. */
  @Nullable String deliveredTo() {
    return deliveredTo;
  }

  /** When its secret was delivered there; null if it was not. */
  @Nullable Instant deliveredAt() {
    return deliveredAt;
  }

  void recordDelivery(String place, Instant at) {
    deliveredTo = place;
    deliveredAt = at;
  }

  CredentialStatus status() {
    return status;
  }

  CredentialOrigin origin() {
    return origin;
  }

  @Nullable Instant policyExpiresAt() {
    return policyExpiresAt;
  }

  Instant recordedAt() {
    return recordedAt;
  }

  Instant observedAt() {
    return observedAt;
  }

  @Nullable UUID rotationId() {
    return rotationId;
  }

  @Nullable UUID replacedBy() {
    return replacedBy;
  }

  @Nullable UUID plannedBy() {
    return plannedBy;
  }

  ExpiryNotice expiryNotice() {
    return expiryNotice == null ? ExpiryNotice.NONE : expiryNotice;
  }

  /** Takes over a response to a request at {@code at}, unless a later one is recorded already. */
  void observe(UpstreamCredential seen, Instant at, ExpiryPolicy policy) {
    if (wouldChange(seen, at)) {
      takeOver(CredentialFacts.of(seen), at);
      observedAt = at;
    }
    if (!at.isBefore(observedAt)) {
      plan(policy);
    }
  }

  /**
   * Takes over the result of a change through Rekey to the members that are not null. {@code
   * observedAt} moves in any case, so that a read from before the change does not overwrite it.
   */
  void applyChange(
      CredentialNaming changed, UpstreamCredential seen, Instant at, ExpiryPolicy policy) {
    takeOver(facts().with(changed, CredentialFacts.of(seen)), at);
    touchObserved(at);
    plan(policy);
  }

  /** Moves {@code observedAt} forward, never back. */
  void touchObserved(Instant at) {
    if (observedAt.isBefore(at)) {
      observedAt = at;
    }
  }

  /** Returns true if {@link #observe} would change the row. */
  boolean wouldChange(UpstreamCredential seen, Instant at) {
    return observedAt.plus(OBSERVATION_GRAIN).isBefore(at) || hasChanges(seen, at);
  }

  /** Returns true if {@link #observe} would change anything but {@code observedAt}. */
  boolean hasChanges(UpstreamCredential seen, Instant at) {
    CredentialFacts reported = CredentialFacts.of(seen);
    return !at.isBefore(observedAt)
        && (!facts().equals(reported) || status != status.afterSeen(reported, at));
  }

  /** Returns the changes that were made outside Rekey. */
  List<Change> drift(UpstreamCredential seen) {
    return facts().changesTo(CredentialFacts.of(seen));
  }

  private void takeOver(CredentialFacts seen, Instant at) {
    status = status.afterSeen(seen, at);
    facts = seen;
  }

  /** Calculates the expiry by policy and the time of the next notification. */
  void plan(ExpiryPolicy policy) {
    Instant createdAt = facts().createdAt();
    policyExpiresAt =
        facts().expiresAt() == null
            ? policy.expiry(subject(), createdAt == null ? recordedAt : createdAt)
            : null;
    expiryNotice = expiryNotice().plan(expiry(), policy.thresholds(subject()));
    plannedBy = policy.id();
  }

  /** Marks the nearest reached threshold as notified; empty if no notification is due. */
  Optional<ExpiryNotice.Reached> notifyExpiry(ExpiryPolicy policy, Instant now) {
    plan(policy);
    Instant expiry = expiry();
    if (status != CredentialStatus.ACTIVE || expiry == null || !expiryNotice().isDue(now)) {
      return Optional.empty();
    }
    ExpiryThresholds thresholds = policy.thresholds(subject());
    var reached =
        new ExpiryNotice.Reached(
            thresholds.reached(expiry, now), expiry, facts().expiresAt() == null);
    if (reached.isExpiry() && !reached.byPolicy()) {
      status = CredentialStatus.EXPIRED;
    }
    expiryNotice = expiryNotice().notified(reached, thresholds);
    return Optional.of(reached);
  }

  private @Nullable Instant expiry() {
    return facts().expiresAt() == null ? policyExpiresAt : facts().expiresAt();
  }

  /** Whether Rekey itself logs in with it. */
  boolean isOwnLogin(Upstreams upstreams) {
    return upstreams.isOwnLogin(new UpstreamName(upstream), facts().clientId());
  }

  /** Takes over the response to a mint of Rekey's. */
  void recordMint(UpstreamCredential minted, UUID rotation, Instant at, ExpiryPolicy policy) {
    observe(minted, at, policy);
    origin = CredentialOrigin.MINTED;
    rotationId = rotation;
  }

  /** Marks a discovered credential as adopted; returns false if it was adopted or minted before. */
  boolean adopt() {
    boolean isDiscovered = origin == CredentialOrigin.DISCOVERED;
    if (isDiscovered) {
      origin = CredentialOrigin.ADOPTED;
    }
    return isDiscovered;
  }

  void markRetiring(UUID successor) {
    if (status.isLive()) {
      status = CredentialStatus.RETIRING;
      replacedBy = successor;
    }
  }

  void unretire() {
    if (status == CredentialStatus.RETIRING) {
      status = CredentialStatus.ACTIVE;
      replacedBy = null;
    }
  }

  void markRetired(Instant at) {
    status = CredentialStatus.RETIRED;
    if (facts().deletedAt() == null) {
      facts = facts().deleted(at);
    }
    observedAt = at;
  }

  /** Records that the credential disappeared outside Rekey; {@code deletedAt} may be unknown. */
  void markMissing(@Nullable Instant deletedAt, Instant at) {
    status = CredentialStatus.MISSING;
    facts = facts().deleted(deletedAt);
    observedAt = at;
  }

  /** Records the successor of a credential that is gone, unless one is known. */
  void replaceWith(UUID successor) {
    if (isGone() && replacedBy == null) {
      replacedBy = successor;
    }
  }

  boolean isGone() {
    return status.isGone();
  }
}
