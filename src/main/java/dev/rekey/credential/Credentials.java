package dev.rekey.credential;

import dev.rekey.platform.Ids;
import dev.rekey.platform.PathId;
import dev.rekey.upstream.CredentialNaming;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.UpstreamCredential;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Writes down in the inventory what Rekey itself has made, changed and ended; what it sees is for
 * {@link DriftLedger}. Times are when a change was closed.
 */
@Component
public class Credentials {

  private static final Set<CredentialStatus> LIVE =
      EnumSet.of(CredentialStatus.ACTIVE, CredentialStatus.RETIRING);

  private static final int MAX_LOOKS = 50;

  private final CredentialRepository rows;
  private final DriftLedger drift;
  private final ExpiryPolicy policy;

  Credentials(CredentialRepository rows, DriftLedger drift, ExpiryPolicy policy) {
    this.rows = rows;
    this.drift = drift;
    this.policy = policy;
  }

  /** Its id in the inventory; empty if it is not in there. */
  @Transactional(readOnly = true)
  public Optional<UUID> idOf(Subject subject, PathId upstreamId) {
    return rows.find(subject, upstreamId).map(Credential::id);
  }

  /** As {@link #idOf}, but empty too if it is not, or is not to stay, alive. */
  @Transactional(readOnly = true)
  public Optional<UUID> activeIdOf(Subject subject, PathId upstreamId) {
    return rows.find(subject, upstreamId).filter(Credential::isActive).map(Credential::id);
  }

  /** The name and description in the inventory; both null if it is not in there. */
  @Transactional(readOnly = true)
  public CredentialNaming named(Subject subject, PathId upstreamId) {
    return rows.find(subject, upstreamId)
        .map(known -> new CredentialNaming(known.displayName(), known.description()))
        .orElse(CredentialNaming.NONE);
  }

  /** Records a credential that a rotation made, also if a listing has seen it before. */
  @Transactional(propagation = Propagation.MANDATORY)
  public UUID minted(Subject subject, UpstreamCredential made, UUID rotationId, Instant at) {
    Credential credential = ensure(subject, made.id(), at);
    credential.observe(made, at, policy);
    credential.mintedBy(rotationId);
    return credential.id();
  }

  /**
   * A credential that another one comes after.
   *
   * @param createdAt when it was made; null if nobody knows
   */
  public record Previous(UUID id, @Nullable Instant createdAt) {}

  /** The newest other credential of the subject that is thought to live. */
  @Transactional(propagation = Propagation.MANDATORY)
  public Optional<Previous> previous(Subject subject, UUID newest) {
    return rows
        .findBySubjectAndStatusInOrderByCreatedAtDesc(subject.name(), LIVE, Limit.of(2))
        .stream()
        .filter(credential -> !credential.id().equals(newest))
        .map(credential -> new Previous(credential.id(), credential.createdAt()))
        .findFirst();
  }

  /** Records that a credential is to be ended, because another one takes its place. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void retiring(UUID id, UUID successor) {
    rows.lock(id).ifPresent(credential -> credential.retiring(successor));
  }

  /** Records that a credential is not to be ended after all. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void kept(UUID id) {
    rows.lock(id).ifPresent(Credential::kept);
  }

  /** Records that a credential was ended through Rekey, if it is in the inventory. */
  @Transactional
  public void retired(Subject subject, PathId upstreamId, Instant at) {
    rows.lock(subject, upstreamId).ifPresent(credential -> credential.retired(at));
  }

  /**
   * Records what a change of Rekey's own has made of a credential. That it is there at all may be
   * news, and is told then. What somebody else has changed in it meanwhile is left to the next
   * look, which tells.
   *
   * @param ours what Rekey changed; what is null it did not
   * @param asked when the upstream was; what has ended the credential since then wins
   */
  @Transactional
  public void changed(
      Subject subject, UpstreamCredential seen, CredentialNaming ours, Instant asked, Instant at) {
    rows.lock(subject, seen.id())
        .or(() -> discovered(subject, seen, at))
        .filter(credential -> !credential.isGone() || !asked.isBefore(credential.observedAt()))
        .ifPresent(credential -> change(credential, seen, ours, at));
  }

  private Optional<Credential> discovered(Subject subject, UpstreamCredential seen, Instant at) {
    drift.seen(subject, seen, at);
    return rows.lock(subject, seen.id());
  }

  private void change(
      Credential credential, UpstreamCredential seen, CredentialNaming ours, Instant at) {
    boolean wasGone = credential.isGone();
    credential.change(ours, seen, at, policy);
    if (wasGone && !credential.isGone()) {
      drift.reappeared(credential, List.of());
    }
  }

  /**
   * The credentials of a subject that are thought to live, by the upstream's order.
   *
   * @param newest the one that took the place of the others
   * @param older all others, newest first, at most fifty
   */
  record Succession(PathId newest, List<PathId> older) {}

  @Transactional(readOnly = true)
  Optional<Succession> succession(Subject subject) {
    List<Credential> live =
        rows.findBySubjectAndStatusInOrderByCreatedAtDesc(
            subject.name(), LIVE, Limit.of(MAX_LOOKS + 1));
    return live.stream()
        .findFirst()
        .map(
            newest ->
                new Succession(
                    newest.upstreamId(),
                    live.stream().skip(1).map(Credential::upstreamId).toList()));
  }

  /** Records which credential took the place of one that has gone. */
  @Transactional
  void replaced(Subject subject, PathId upstreamId, PathId successor) {
    idOf(subject, successor)
        .ifPresent(
            id ->
                rows.lock(subject, upstreamId).ifPresent(credential -> credential.replacedBy(id)));
  }

  private Credential ensure(Subject subject, PathId upstreamId, Instant at) {
    rows.ensure(Ids.next(), subject.upstream().value(), subject.name(), upstreamId.value(), at);
    return rows.lock(subject, upstreamId).orElseThrow();
  }
}
