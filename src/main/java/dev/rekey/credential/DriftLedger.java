package dev.rekey.credential;

import dev.rekey.access.Permit;
import dev.rekey.audit.AuditEntry;
import dev.rekey.audit.AuditEvent.Change;
import dev.rekey.audit.AuditLog;
import dev.rekey.audit.AuditType;
import dev.rekey.platform.Ids;
import dev.rekey.platform.PathId;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.UpstreamCredential;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Records differences between the upstreams and the inventory, with an audit event for each change
 * that was made outside Rekey and for each adoption. Differences that an open mutation of Rekey may
 * explain are ignored. All times are when the upstream was asked.
 */
@Component
class DriftLedger {

  private final CredentialRepository rows;
  private final OpenMutations open;
  private final Observations observations;
  private final ExpiryPolicy policy;
  private final AuditLog audit;
  private final DriftMetrics metrics;

  DriftLedger(
      CredentialRepository rows,
      OpenMutations open,
      Observations observations,
      ExpiryPolicy policy,
      AuditLog audit,
      DriftMetrics metrics) {
    this.rows = rows;
    this.open = open;
    this.observations = observations;
    this.policy = policy;
    this.audit = audit;
    this.metrics = metrics;
  }

  /** Records the facts of a credential that is in the inventory. */
  @Transactional
  void record(Subject subject, UpstreamCredential seen, Instant requestedAt) {
    // Check before the row is locked: a change that closes in between has updated the row. Check
    // even without differences: the response may be older than the change.
    if (open.hasOpenChange(subject, seen.id())) {
      return;
    }
    boolean isMinting = seen.deletedAt() != null && open.hasOpenMint(subject);
    Credential credential = rows.lock(subject, seen.id()).orElseThrow();
    if (requestedAt.isBefore(credential.observedAt())) {
      return;
    }
    if (seen.deletedAt() == null || credential.isGone()) {
      observe(credential, seen, requestedAt);
    } else if (!isMinting) {
      disappeared(credential, seen, requestedAt);
    }
  }

  private void observe(Credential credential, UpstreamCredential seen, Instant requestedAt) {
    boolean wasGone = credential.isGone();
    boolean mayBeReplaced = mayBeReplaced(credential);
    List<Change> drift = credential.drift(seen);
    credential.observe(seen, requestedAt, policy);
    if (mayBeReplaced) {
      credential.touchObserved(requestedAt);
    }
    if (wasGone && !credential.isGone()) {
      reappeared(credential, drift);
    } else if (!drift.isEmpty()) {
      append(AuditType.CREDENTIAL_CHANGED, credential, null, drift);
    }
  }

  /**
   * Returns true if a mint may have revoked the credential since it was observed. Seeing it alive
   * then is worth recording: if it disappears later, the mint was not the cause.
   */
  boolean mayBeReplaced(Credential credential) {
    return !credential.isGone()
        && open.mayHaveReplaced(credential.subject(), credential.observedAt());
  }

  /** Appends, in the caller's transaction, that the upstream has a credential again. */
  void reappeared(Credential credential, List<Change> drift) {
    append(AuditType.CREDENTIAL_REAPPEARED, credential, "its upstream has it again", drift);
  }

  /** Adds a credential to the inventory, unless an open mutation of Rekey explains it. */
  @Transactional
  void discover(Subject subject, UpstreamCredential seen, Instant requestedAt) {
    if (seen.deletedAt() != null
        || (seen.attempt() != null && open.isReservedByOpenAttempt(seen.attempt()))
        || open.isMadeByOpenAttempt(subject, seen.id())
        || open.hasRetired(subject, seen.id())) {
      return;
    }
    boolean wasScanned = observations.isFullyScanned(subject);
    var credential = new Credential(Ids.next(), subject, seen.id(), requestedAt);
    credential.observe(seen, requestedAt, policy);
    if (!rows.insertIfAbsent(credential)) {
      record(subject, seen, requestedAt);
      return;
    }
    append(
        wasScanned ? AuditType.CREDENTIAL_UNMANAGED_MINT : AuditType.CREDENTIAL_DISCOVERED,
        credential,
        wasScanned ? "it was minted outside Rekey" : null,
        List.of());
  }

  /** An adopted credential; {@code isNew} is true if it was not in the inventory before. */
  record Adopted(Credential credential, boolean isNew) {}

  /**
   * Records the upstream's facts, and has the refresher scan the subject from now on. The origin
   * MINTED stays. A repeated adoption changes nothing.
   */
  @Transactional
  Adopted adopt(Permit.Write permit, UpstreamCredential seen, Instant requestedAt) {
    Subject subject = permit.subject();
    boolean isNew =
        rows.insertIfAbsent(new Credential(Ids.next(), subject, seen.id(), requestedAt));
    if (!isNew) {
      record(subject, seen, requestedAt);
    }
    Credential credential = rows.lock(subject, seen.id()).orElseThrow();
    credential.observe(seen, requestedAt, policy);
    if (credential.adopt()) {
      String before = isNew ? null : CredentialOrigin.DISCOVERED.name();
      audit.append(
          AuditEntry.of(AuditType.CREDENTIAL_ADOPTED, permit)
              .credential(seen.id(), credential.id())
              .changes(List.of(new Change("origin", before, CredentialOrigin.ADOPTED.name()))));
    }
    observations.watch(subject.upstream(), List.of(subject.name()));
    return new Adopted(credential, isNew);
  }

  /** Records that the upstream responded 404, if the credential is in the inventory. */
  @Transactional
  void recordNotFound(Subject subject, PathId upstreamId, Instant requestedAt) {
    if (open.hasOpenChange(subject, upstreamId) || open.hasOpenMint(subject)) {
      return;
    }
    rows.lock(subject, upstreamId)
        .filter(known -> !known.isGone() && !requestedAt.isBefore(known.observedAt()))
        .ifPresent(known -> disappeared(known, null, requestedAt));
  }

  private void disappeared(
      Credential credential, @Nullable UpstreamCredential seen, Instant requestedAt) {
    Subject subject = credential.subject();
    boolean mayBeReplaced = open.mayHaveReplaced(subject, lastSeen(credential));
    if (seen != null) {
      credential.observe(seen, requestedAt, policy);
    }
    if (mayBeReplaced) {
      credential.markRetired(requestedAt);
      rows.findNewestMinted(subject)
          .map(Credential::id)
          .filter(newest -> !newest.equals(credential.id()))
          .ifPresent(credential::replaceWith);
    } else {
      credential.markMissing(seen == null ? null : seen.deletedAt(), requestedAt);
      append(
          AuditType.CREDENTIAL_MISSING,
          credential,
          "its upstream no longer has it, and Rekey did not delete or revoke it",
          List.of());
    }
  }

  private Instant lastSeen(Credential credential) {
    Instant scannedAt = observations.lastScans(List.of(credential)).get(credential.subject());
    Instant observedAt = credential.observedAt();
    return scannedAt == null || scannedAt.isBefore(observedAt) ? observedAt : scannedAt;
  }

  private void append(
      AuditType type, Credential credential, @Nullable String reason, List<Change> changes) {
    audit.append(
        AuditEntry.ofRekey(type, credential.subject())
            .credential(credential.upstreamId(), credential.id())
            .result(null, reason)
            .changes(changes));
    metrics.count(type, credential.subject().upstream());
  }
}
