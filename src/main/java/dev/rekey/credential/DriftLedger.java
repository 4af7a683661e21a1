package dev.rekey.credential;

import dev.rekey.audit.AuditEntry;
import dev.rekey.audit.AuditEvent.Change;
import dev.rekey.audit.AuditLog;
import dev.rekey.audit.AuditType;
import dev.rekey.platform.Ids;
import dev.rekey.platform.PathId;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.UpstreamCredential;
import jakarta.persistence.EntityManager;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Writes down what is seen at the upstreams, whoever looks, with an event for what happened there
 * past Rekey. What Rekey itself is about to change is left to who changes it. Times are when the
 * upstream was asked, so that late news lose.
 */
@Component
public class DriftLedger {

  private final CredentialRepository rows;
  private final EntityManager entities;
  private final OpenMutations open;
  private final Observations looks;
  private final ExpiryPolicy policy;
  private final AuditLog audit;
  private final DriftMetrics counts;

  DriftLedger(
      CredentialRepository rows,
      EntityManager entities,
      OpenMutations open,
      Observations looks,
      ExpiryPolicy policy,
      AuditLog audit,
      DriftMetrics counts) {
    this.rows = rows;
    this.entities = entities;
    this.open = open;
    this.looks = looks;
    this.policy = policy;
    this.audit = audit;
    this.counts = counts;
  }

  /** Records what an upstream told of a credential that it was asked for by its id. */
  @Transactional
  public void seen(Subject subject, UpstreamCredential seen, Instant asked) {
    record(rows.find(subject, seen.id()).orElse(null), subject, seen, asked);
  }

  /**
   * Records what a list told of a credential. Lists may lag behind, so one that has gone is not
   * brought back by it, and one that is otherwise than it was is not believed; reading it by its id
   * does that.
   */
  @Transactional
  public void listed(Subject subject, UpstreamCredential seen, Instant asked) {
    Credential known = rows.find(subject, seen.id()).orElse(null);
    if (known == null || (!known.isGone() && known.drift(seen).isEmpty())) {
      record(known, subject, seen, asked);
    }
  }

  /** Records that an upstream answered 404 for a credential, if it is in the inventory. */
  @Transactional
  public void missing(Subject subject, PathId upstreamId, Instant asked) {
    gone(subject, upstreamId, null, asked);
  }

  private void record(
      @Nullable Credential known, Subject subject, UpstreamCredential seen, Instant asked) {
    if (known == null) {
      discover(subject, seen, asked);
      return;
    }
    if (!isNews(known, seen, asked)) {
      return;
    }
    // Asked before the row is locked: what has closed by then, the row tells. Also if it is as it
    // was: what is seen before the change takes effect must not be taken for what came after it.
    if (open.mayChange(subject, seen.id())) {
      return;
    }
    // It may be stale by the time it is locked, and would not be read again.
    entities.detach(known);
    if (seen.deletedAt() != null && !known.isGone()) {
      gone(subject, seen.id(), seen, asked);
      return;
    }
    Credential credential = rows.lock(subject, seen.id()).orElseThrow();
    if (asked.isBefore(credential.observedAt())) {
      return;
    }
    boolean wasGone = credential.isGone();
    boolean mayHaveEnded = mayHaveEnded(credential);
    List<Change> drift = credential.drift(seen);
    credential.observe(seen, asked, policy);
    if (mayHaveEnded) {
      credential.witnessed(asked);
    }
    if (wasGone && !credential.isGone()) {
      reappeared(credential, drift);
    } else if (!drift.isEmpty()) {
      append(AuditType.CREDENTIAL_CHANGED, credential, null, drift);
    }
  }

  private boolean isNews(Credential known, UpstreamCredential seen, Instant asked) {
    return known.isNews(seen, asked)
        || (!asked.isBefore(known.observedAt()) && mayHaveEnded(known));
  }

  /**
   * Whether a mint may have ended a credential, as far as is known. That it lives is news then: if
   * it goes later, that was somebody else.
   */
  public boolean mayHaveEnded(Credential credential) {
    return !credential.isGone() && open.mayHaveEnded(credential.subject(), credential.observedAt());
  }

  /** Tells, in the caller's transaction, that an upstream has a credential again. */
  void reappeared(Credential credential, List<Change> drift) {
    append(AuditType.CREDENTIAL_REAPPEARED, credential, "its upstream has it again", drift);
  }

  private void discover(Subject subject, UpstreamCredential seen, Instant asked) {
    if (seen.deletedAt() != null
        || (seen.attempt() != null && open.mayClaim(seen.attempt()))
        || open.hasEnded(subject, seen.id())) {
      return;
    }
    String upstream = subject.upstream().value();
    boolean wasWatched = rows.isWatched(upstream, subject.name());
    int added = rows.ensure(Ids.next(), upstream, subject.name(), seen.id().value(), asked);
    Credential credential = rows.lock(subject, seen.id()).orElseThrow();
    if (added == 0) {
      record(credential, subject, seen, asked);
      return;
    }
    credential.observe(seen, asked, policy);
    if (wasWatched) {
      append(
          AuditType.CREDENTIAL_UNMANAGED_MINT,
          credential,
          "somebody made it past Rekey",
          List.of());
    } else {
      append(AuditType.CREDENTIAL_DISCOVERED, credential, null, List.of());
    }
  }

  private void gone(
      Subject subject, PathId upstreamId, @Nullable UpstreamCredential seen, Instant asked) {
    if (open.mayChange(subject, upstreamId) || open.isMinting(subject)) {
      return;
    }
    Optional<Credential> known = rows.lock(subject, upstreamId);
    if (known.isEmpty() || known.get().isGone() || asked.isBefore(known.get().observedAt())) {
      return;
    }
    Credential credential = known.get();
    boolean mayBeOurs = open.mayHaveEnded(subject, lastSeen(credential));
    if (seen != null) {
      credential.observe(seen, asked, policy);
    }
    if (mayBeOurs) {
      credential.retired(asked);
      rows.findFirstByUpstreamAndSubjectAndOriginOrderByRecordedAtDesc(
              subject.upstream().value(), subject.name(), CredentialOrigin.MINTED)
          .map(Credential::id)
          .filter(newest -> !newest.equals(credential.id()))
          .ifPresent(credential::replacedBy);
    } else {
      credential.missing(seen == null ? null : seen.deletedAt(), asked);
      append(
          AuditType.CREDENTIAL_MISSING,
          credential,
          "its upstream does not have it any more, and Rekey did not end it",
          List.of());
    }
  }

  private Instant lastSeen(Credential credential) {
    Instant look = looks.at(List.of(credential)).get(credential.subject());
    Instant observed = credential.observedAt();
    return look == null || look.isBefore(observed) ? observed : look;
  }

  private void append(
      AuditType type, Credential credential, @Nullable String reason, List<Change> changes) {
    audit.append(
        AuditEntry.ofRekey(type, credential.subject())
            .credential(credential.upstreamId(), credential.id())
            .ended(null, reason)
            .changes(changes));
    counts.count(type, credential.subject().upstream());
  }
}
