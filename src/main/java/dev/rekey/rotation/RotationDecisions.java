package dev.rekey.rotation;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.access.Permit;
import dev.rekey.credential.CredentialReads;
import dev.rekey.credential.Credentials;
import dev.rekey.platform.PathId;
import dev.rekey.platform.problem.ProblemException;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.rotation.RotationRequest.Overlap;
import dev.rekey.rotation.RotationRequest.Replacement;
import dev.rekey.rotation.RotationStatus.Action;
import dev.rekey.rotation.RotationStatus.Known;
import dev.rekey.upstream.CredentialNaming;
import dev.rekey.upstream.Reply;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.Upstream;
import dev.rekey.upstream.UpstreamCredential;
import dev.rekey.upstream.UpstreamProblems;
import dev.rekey.upstream.Upstreams;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Replaces credentials with an overlap, and decides afterwards which of the two is retired. The
 * last credential that works is never retired.
 */
@Component
public class RotationDecisions {

  private final CredentialRotation rotation;
  private final IdempotencyKeys keys;
  private final RotationDecisionLedger ledger;
  private final RotationStatuses statuses;
  private final SecretDeliveries deliveries;
  private final Retirements retirements;
  private final Credentials credentials;
  private final CredentialReads reads;
  private final Upstreams upstreams;
  private final Access access;
  private final OwnLogins ownLogins;

  RotationDecisions(
      CredentialRotation rotation,
      IdempotencyKeys keys,
      RotationDecisionLedger ledger,
      RotationStatuses statuses,
      SecretDeliveries deliveries,
      Retirements retirements,
      Credentials credentials,
      CredentialReads reads,
      Upstreams upstreams,
      Access access,
      OwnLogins ownLogins) {
    this.rotation = rotation;
    this.keys = keys;
    this.ledger = ledger;
    this.statuses = statuses;
    this.deliveries = deliveries;
    this.retirements = retirements;
    this.credentials = credentials;
    this.reads = reads;
    this.upstreams = upstreams;
    this.access = access;
    this.ownLogins = ownLogins;
  }

  /**
   * The place that a new secret of the subject can be delivered to, such as {@code
   * kubernetes/identity/okta-connector}; empty if the subject has no delivery target.
   */
  public Optional<String> place(Subject subject) {
    return deliveries.place(subject);
  }

  /** The active credential whose secret the place has, as far as Rekey knows. */
  public Optional<UUID> held(Subject subject) {
    return place(subject).flatMap(place -> credentials.deliveredTo(place, subject));
  }

  /**
   * Mints a credential that replaces an old one, which stays as it is. Throws a problem for every
   * outcome except success.
   *
   * @param naming gives the new credential's name and description for the old credential; may throw
   *     a problem
   * @param key required; throws a problem if it is null
   */
  public NewCredential replace(
      Permit.Write permit,
      Upstream upstream,
      PathId old,
      RotationTerms terms,
      Function<UpstreamCredential, CredentialNaming> naming,
      DeliveryMode deliver,
      @Nullable IdempotencyKey key) {
    if (key == null) {
      throw RotationProblems.keyRequired();
    }
    var identity = RequestIdentity.replace(permit, old, terms, key).delivering(deliver);
    return rotation.mintWithKey(
        () -> {
          deliveries.requireTarget(identity);
          keys.refuseRepetition(identity);
          UpstreamCredential known =
              UpstreamProblems.valueOrThrow(
                  upstream.name(), reads.read(permit.subject(), upstream, old));
          CredentialNaming newNaming = naming.apply(known);
          var overlap = new Overlap(requireActive(permit, old), terms);
          return new RotationRequest(
              identity,
              upstream,
              newNaming,
              RotationRequest.target(permit.subject(), old),
              new Replacement(overlap, known.createdAt()));
        });
  }

  private UUID requireActive(Permit.Write permit, PathId old) {
    return credentials
        .activeIdOf(permit.subject(), old)
        .orElseThrow(
            () ->
                ProblemType.WRONG_STATE.with(
                    "The credential is already retiring because another one replaced it, or its"
                        + " secret was never delivered. Read it in the inventory, and rotate"
                        + " the one that replaced it."));
  }

  /** Schedules the retirement of the old credential. */
  void confirm(Caller caller, UUID id, @Nullable Duration grace, boolean force) {
    Permit.Write permit = toChange(caller, id);
    Known old = Objects.requireNonNull(require(id, Action.CONFIRM).old()).known();
    ownLogins.requireForce(permit, old.upstreamId(), force);
    ledger.confirm(id, Initiator.caller(permit), grace, force, null);
    if (grace != null && grace.isZero()) {
      retirements.sweepSoon();
    }
  }

  /** Retires the new credential, if the old one is valid. */
  void revert(Caller caller, UUID id, boolean force) {
    Permit.Write permit = toChange(caller, id);
    RotationStatus status = require(id, Action.REVERT);
    ownLogins.requireForce(permit, Objects.requireNonNull(status.made()).upstreamId(), force);
    read(status, Objects.requireNonNull(status.old()).known(), Action.REVERT);
    refuseIfUsed(status, Action.REVERT, force);
    ledger.revert(id, permit);
    retirements.sweepSoon();
  }

  /**
   * Mints a credential that replaces one whose secret was lost, and retires the lost one. Throws a
   * problem for every outcome except success.
   */
  NewCredential reissue(
      Caller caller, UUID id, boolean force, DeliveryMode deliver, @Nullable IdempotencyKey key) {
    Permit.Write permit =
        access.toMint(caller, visible(caller, id).subject(), deliver.returnsSecret());
    Upstream upstream = upstreams.of(permit.subject());
    var identity = RequestIdentity.reissue(permit, id, Submission.under(key)).delivering(deliver);
    NewCredential made =
        rotation.mint(
            () -> {
              deliveries.requireTarget(identity);
              keys.refuseRepetition(identity);
              RotationStatus status = require(id, Action.REISSUE);
              PathId lost = Objects.requireNonNull(status.made()).upstreamId();
              ownLogins.requireForce(permit, lost, force);
              ownLogins.requireForceToMint(permit, upstream, force);
              refuseIfUsed(status, Action.REISSUE, force);
              return RotationRequest.reissue(identity, upstream, status);
            });
    retirements.sweepSoon();
    return made;
  }

  /** Closes a rotation whose outcome stays unknown. */
  void resolve(Caller caller, UUID id, String reason) {
    ledger.resolve(id, access.toAdminister(caller, visible(caller, id).subject()), reason);
  }

  /** Throws a {@code not-found} problem unless the rotation exists and the caller may see it. */
  RotationStatus visible(Caller caller, UUID id) {
    return statuses
        .find(id)
        .flatMap(status -> access.ifVisible(caller, status.subject(), status))
        .orElseThrow(RotationDecisions::notFound);
  }

  private static ProblemException notFound() {
    return ProblemType.NOT_FOUND.with("There is no such rotation that you may see.");
  }

  private Permit.Write toChange(Caller caller, UUID id) {
    return access.toChange(caller, visible(caller, id).subject());
  }

  private RotationStatus require(UUID id, Action action) {
    RotationStatus status = statuses.find(id).orElseThrow(RotationDecisions::notFound);
    status.require(action);
    return status;
  }

  private void refuseIfUsed(RotationStatus status, Action action, boolean force) {
    Instant lastUsedAt = read(status, Objects.requireNonNull(status.made()), action).lastUsedAt();
    if (lastUsedAt != null && !force) {
      throw RotationProblems.inUse(lastUsedAt);
    }
  }

  /**
   * Reads a credential at its upstream, which updates the inventory. Throws a problem if that shows
   * that the action is no longer possible.
   */
  private UpstreamCredential read(RotationStatus status, Known credential, Action action) {
    Upstream upstream = upstreams.of(status.subject());
    Reply<UpstreamCredential> reply =
        reads.read(status.subject(), upstream, credential.upstreamId());
    require(status.rotation(), action);
    return UpstreamProblems.valueOrThrow(upstream.name(), reply);
  }
}
