package dev.rekey.credential;

import dev.rekey.platform.Ids;
import dev.rekey.platform.PathId;
import dev.rekey.upstream.CredentialNaming;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.UpstreamCredential;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Records in the inventory what Rekey itself mints, changes and retires. {@link DriftDetector}
 * records what Rekey reads at the upstreams.
 */
@Component
public class Credentials {

  private static final int MAX_PREDECESSORS = 50;

  private final CredentialRepository rows;
  private final DriftLedger drift;
  private final ExpiryPolicy policy;

  Credentials(CredentialRepository rows, DriftLedger drift, ExpiryPolicy policy) {
    this.rows = rows;
    this.drift = drift;
    this.policy = policy;
  }

  /** Returns a credential's id in the inventory; empty if it is not recorded. */
  @Transactional(readOnly = true)
  public Optional<UUID> idOf(Subject subject, PathId upstreamId) {
    return rows.find(subject, upstreamId).map(Credential::id);
  }

  /** Like {@link #idOf}, but empty also if the credential is not ACTIVE. */
  @Transactional(readOnly = true)
  public Optional<UUID> activeIdOf(Subject subject, PathId upstreamId) {
    return rows.find(subject, upstreamId)
        .filter(known -> known.status() == CredentialStatus.ACTIVE)
        .map(Credential::id);
  }

  /**
   * Returns the active credential whose secret was last delivered to a place; empty if none was.
   */
  @Transactional(readOnly = true)
  public Optional<UUID> deliveredTo(String place, Subject subject) {
    return rows.findByStatusOrId(subject, CredentialStatus.LIVE, List.of()).stream()
        .filter(known -> known.status() == CredentialStatus.ACTIVE)
        .filter(known -> place.equals(known.deliveredTo()))
        .max(
            Comparator.comparing(
                Credential::deliveredAt, Comparator.nullsFirst(Comparator.naturalOrder())))
        .map(Credential::id);
  }

  /** Returns a credential's client id; empty if it is not recorded. */
  @Transactional(readOnly = true)
  public Optional<String> clientIdOf(Subject subject, PathId upstreamId) {
    return rows.find(subject, upstreamId).map(known -> known.facts().clientId());
  }

  /** Returns the recorded client ids of a subject's live credentials. */
  @Transactional(readOnly = true)
  public List<String> clientIds(Subject subject) {
    return rows.findByStatusOrId(subject, CredentialStatus.LIVE, List.of()).stream()
        .flatMap(known -> Stream.ofNullable(known.facts().clientId()))
        .toList();
  }

  /** Returns the recorded name and description; both are null if the credential is not recorded. */
  @Transactional(readOnly = true)
  public CredentialNaming naming(Subject subject, PathId upstreamId) {
    return rows.find(subject, upstreamId)
        .map(Credential::facts)
        .map(facts -> new CredentialNaming(facts.displayName(), facts.description()))
        .orElse(CredentialNaming.NONE);
  }

  /** Records a minted credential, also if a list has shown it before; returns its id. */
  @Transactional(propagation = Propagation.MANDATORY)
  public UUID recordMint(Subject subject, UpstreamCredential minted, UUID rotationId, Instant at) {
    var fresh = new Credential(Ids.next(), subject, minted.id(), at);
    fresh.recordMint(minted, rotationId, at, policy);
    if (rows.insertIfAbsent(fresh)) {
      return fresh.id();
    }
    Credential known = rows.lock(subject, minted.id()).orElseThrow();
    known.recordMint(minted, rotationId, at, policy);
    return known.id();
  }

  /**
   * Records where the secret of a credential was delivered. Returns the credential's id; null if it
   * is not in the inventory.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public @Nullable UUID recordDelivery(
      Subject subject, PathId upstreamId, String place, Instant at) {
    return rows.lock(subject, upstreamId)
        .map(
            known -> {
              known.recordDelivery(place, at);
              return known.id();
            })
        .orElse(null);
  }

  /** The ids of the other active credentials that a rotation has minted. */
  @Transactional(propagation = Propagation.MANDATORY)
  public List<UUID> otherActiveOf(UUID rotation, UUID newest) {
    return rows.findByRotationIdAndStatus(rotation, CredentialStatus.ACTIVE).stream()
        .map(Credential::id)
        .filter(id -> !id.equals(newest))
        .toList();
  }

  /** A credential that has a successor; {@code createdAt} is null if unknown. */
  public record Previous(UUID id, @Nullable Instant createdAt) {}

  /** Returns the newest other live credential of the subject. */
  @Transactional(propagation = Propagation.MANDATORY)
  public Optional<Previous> previous(Subject subject, UUID newest) {
    return rows.findLive(subject, 2).stream()
        .filter(credential -> !credential.id().equals(newest))
        .map(credential -> new Previous(credential.id(), credential.facts().createdAt()))
        .findFirst();
  }

  @Transactional(propagation = Propagation.MANDATORY)
  public void markRetiring(UUID id, UUID successor) {
    rows.lock(id).ifPresent(credential -> credential.markRetiring(successor));
  }

  @Transactional(propagation = Propagation.MANDATORY)
  public void unretire(UUID id) {
    rows.lock(id).ifPresent(Credential::unretire);
  }

  /** Records that a credential was deleted or revoked through Rekey, if it is in the inventory. */
  @Transactional
  public void markRetired(Subject subject, PathId upstreamId, Instant at) {
    rows.lock(subject, upstreamId).ifPresent(credential -> credential.markRetired(at));
  }

  /**
   * Records the result of a change through Rekey. Discovers the credential if it is not in the
   * inventory. Other differences stay for the next read, which reports them as drift.
   *
   * @param changed null members were not changed by Rekey
   * @param requestedAt when the upstream was asked; a credential that disappeared later stays gone
   */
  @Transactional
  public void recordChange(
      Subject subject,
      UpstreamCredential seen,
      CredentialNaming changed,
      Instant requestedAt,
      Instant at) {
    rows.lock(subject, seen.id())
        .or(() -> discover(subject, seen, at))
        .filter(known -> !known.isGone() || !requestedAt.isBefore(known.observedAt()))
        .ifPresent(known -> applyChange(known, seen, changed, at));
  }

  private Optional<Credential> discover(Subject subject, UpstreamCredential seen, Instant at) {
    drift.discover(subject, seen, at);
    return rows.lock(subject, seen.id());
  }

  private void applyChange(
      Credential credential, UpstreamCredential seen, CredentialNaming changed, Instant at) {
    boolean wasGone = credential.isGone();
    credential.applyChange(changed, seen, at, policy);
    if (wasGone && !credential.isGone()) {
      drift.reappeared(credential, List.of());
    }
  }

  /** The live credentials of a subject, newest first by the upstream's time of creation. */
  record Succession(PathId newest, List<PathId> older) {}

  @Transactional(readOnly = true)
  Optional<Succession> succession(Subject subject) {
    List<PathId> live =
        rows.findLive(subject, MAX_PREDECESSORS + 1).stream().map(Credential::upstreamId).toList();
    return live.isEmpty()
        ? Optional.empty()
        : Optional.of(new Succession(live.getFirst(), live.subList(1, live.size())));
  }

  @Transactional
  void markReplaced(Subject subject, PathId upstreamId, PathId successor) {
    idOf(subject, successor)
        .ifPresent(id -> rows.lock(subject, upstreamId).ifPresent(known -> known.replaceWith(id)));
  }
}
