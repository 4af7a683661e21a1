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
import dev.rekey.rotation.RotationStatus.Known;
import dev.rekey.upstream.CredentialNaming;
import dev.rekey.upstream.Reply;
import dev.rekey.upstream.Upstream;
import dev.rekey.upstream.UpstreamCredential;
import dev.rekey.upstream.UpstreamProblems;
import dev.rekey.upstream.Upstreams;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Two credentials side by side: make the new one, then say whether it works. Nothing of this ends
 * the last credential that works.
 */
@Component
public class RotationDecisions {

  /** The longest that an older credential can be made to stay after a confirmation. */
  public static final Duration MAX_GRACE = Duration.ofDays(30);

  private final CredentialRotation rotation;
  private final RotationLedger rotations;
  private final RotationDecisionLedger ledger;
  private final RotationStatuses standings;
  private final Retirements retirements;
  private final Credentials credentials;
  private final CredentialReads reads;
  private final Upstreams upstreams;
  private final Access access;

  RotationDecisions(
      CredentialRotation rotation,
      RotationLedger rotations,
      RotationDecisionLedger ledger,
      RotationStatuses standings,
      Retirements retirements,
      Credentials credentials,
      CredentialReads reads,
      Upstreams upstreams,
      Access access) {
    this.rotation = rotation;
    this.rotations = rotations;
    this.ledger = ledger;
    this.standings = standings;
    this.retirements = retirements;
    this.credentials = credentials;
    this.reads = reads;
    this.upstreams = upstreams;
    this.access = access;
  }

  /**
   * The grace of a request; null if it says none. Throws an {@code invalid-request} problem outside
   * of 0 to 30 days.
   */
  public static @Nullable Duration grace(@Nullable Long seconds) {
    if (seconds == null) {
      return null;
    }
    if (seconds < 0 || seconds > MAX_GRACE.toSeconds()) {
      throw ProblemType.INVALID_REQUEST
          .with("graceSeconds has to be 0 to " + MAX_GRACE.toSeconds() + ", which is 30 days.")
          .exception();
    }
    return Duration.ofSeconds(seconds);
  }

  /**
   * What is wanted beside an older credential.
   *
   * @param asked what the caller wants it to be called; null parts are as the older one's
   * @param grace how long the older one stays after a confirmation; null for the default
   * @param confirmOnFirstUse whether the new one's first use confirms it
   */
  public record Terms(
      CredentialNaming asked, @Nullable Duration grace, boolean confirmOnFirstUse) {}

  /**
   * Makes a credential beside an older one, which stays as it is. Throws a problem for every
   * outcome but success.
   *
   * @param label what the new one is called, given the older one; may throw a problem
   */
  public Delivery rotate(
      Permit.Write permit,
      Upstream upstream,
      PathId older,
      Terms terms,
      Function<UpstreamCredential, CredentialNaming> label,
      @Nullable IdempotencyKey key) {
    String request =
        RotationRequest.requestToOverlap(
            permit, older, terms.asked(), terms.grace(), terms.confirmOnFirstUse());
    if (key == null) {
      throw RotationProblems.keyRequired().exception();
    }
    return rotation.mint(
        () -> {
          rotations.refuseRepetition(permit, key, request);
          UpstreamCredential known =
              UpstreamProblems.valueOrThrow(
                  upstream.name(), reads.look(permit.subject(), upstream, older));
          return RotationRequest.overlap(
                  permit,
                  upstream,
                  older,
                  request,
                  label.apply(known),
                  new Overlap(
                      replaceable(permit, older),
                      known.createdAt(),
                      terms.grace(),
                      terms.confirmOnFirstUse()))
              .under(key);
        });
  }

  private UUID replaceable(Permit.Write permit, PathId older) {
    return credentials
        .activeIdOf(permit.subject(), older)
        .orElseThrow(
            () ->
                ProblemType.WRONG_STATE
                    .with(
                        "The credential is ending already, because another one took its place, or"
                            + " it is one that nobody has the secret of. Read it in the inventory,"
                            + " and rotate the one that took its place.")
                    .exception());
  }

  /** Plans the end of the older credential. */
  void confirm(Caller caller, UUID id, @Nullable Duration grace, boolean force) {
    ledger.confirm(id, new Initiator.OfCaller(toChange(caller, id)), grace, force, null);
    if (grace != null && grace.isZero()) {
      retirements.sweepSoon();
    }
  }

  /** Ends the new credential, if the older one lives. */
  void revert(Caller caller, UUID id, boolean force) {
    Permit.Write permit = toChange(caller, id);
    RotationStatus standing = demand(id, Action.REVERT);
    look(standing, standing.older(), Action.REVERT);
    refuseIfUsed(standing, Action.REVERT, force);
    ledger.revert(id, permit);
    retirements.sweepSoon();
  }

  /**
   * Makes a credential instead of one whose secret was lost, and then ends that one. Throws a
   * problem for every outcome but success.
   */
  Delivery reissue(Caller caller, UUID id, boolean force, @Nullable IdempotencyKey key) {
    Permit.Write permit = access.toMint(caller, found(caller, id).subject());
    Upstream upstream = upstreams.of(permit.subject());
    Delivery delivery =
        rotation.mint(
            () -> {
              if (key != null) {
                rotations.refuseRepetition(permit, key, RotationRequest.requestToReissue(id));
              }
              RotationStatus standing = demand(id, Action.REISSUE);
              refuseIfUsed(standing, Action.REISSUE, force);
              Known made = Objects.requireNonNull(standing.made());
              return RotationRequest.reissue(
                      permit,
                      upstream,
                      standing,
                      made.upstreamId(),
                      () -> ledger.reissuing(id, permit))
                  .under(key);
            });
    retirements.sweepSoon();
    return delivery;
  }

  /** Closes what stays unknown. */
  void resolve(Caller caller, UUID id, String reason) {
    ledger.resolve(id, access.toAdminister(caller, found(caller, id).subject()), reason);
  }

  /** The rotation, if the caller may see it; else a {@code not-found} problem. */
  RotationStatus found(Caller caller, UUID id) {
    return standings
        .find(id)
        .flatMap(standing -> access.ifVisible(caller, standing.subject(), standing))
        .orElseThrow(RotationDecisions::notFound);
  }

  static ProblemException notFound() {
    return ProblemType.NOT_FOUND.with("There is no such rotation that you may see.").exception();
  }

  private Permit.Write toChange(Caller caller, UUID id) {
    return access.toChange(caller, found(caller, id).subject());
  }

  private RotationStatus demand(UUID id, Action action) {
    RotationStatus standing = standings.find(id).orElseThrow(RotationDecisions::notFound);
    standing.demand(action);
    return standing;
  }

  private void refuseIfUsed(RotationStatus standing, Action action, boolean force) {
    Instant lastUsedAt = look(standing, standing.made(), action).lastUsedAt();
    if (lastUsedAt != null && !force) {
      throw RotationProblems.inUse(lastUsedAt).exception();
    }
  }

  // What is seen goes into the inventory; if the credential has gone, that shows there.
  private UpstreamCredential look(RotationStatus standing, @Nullable Known known, Action action) {
    Upstream upstream = upstreams.of(standing.subject());
    PathId id = Objects.requireNonNull(known).upstreamId();
    Reply<UpstreamCredential> reply = reads.look(standing.subject(), upstream, id);
    demand(standing.rotation(), action);
    return UpstreamProblems.valueOrThrow(upstream.name(), reply);
  }
}
