package dev.rekey.rotation;

import dev.rekey.credential.CredentialReads;
import dev.rekey.credential.Credentials;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.rotation.RotationRequest.Mint;
import dev.rekey.rotation.RotationRequest.Overlap;
import dev.rekey.rotation.RotationRequest.Replacement;
import dev.rekey.upstream.CredentialNaming;
import dev.rekey.upstream.ListableUpstream;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.Upstream;
import dev.rekey.upstream.UpstreamCredential;
import dev.rekey.upstream.UpstreamProblems;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Rotates credentials for policies. Nobody but the target gets the secret. */
@Component
public class PolicyRotations {

  private final CredentialRotation rotation;
  private final Credentials credentials;
  private final CredentialReads reads;
  private final OwnLogins ownLogins;

  PolicyRotations(
      CredentialRotation rotation,
      Credentials credentials,
      CredentialReads reads,
      OwnLogins ownLogins) {
    this.rotation = rotation;
    this.credentials = credentials;
    this.reads = reads;
    this.ownLogins = ownLogins;
  }

  /**
   * Rotates a credential. Throws a problem for every outcome except success.
   *
   * @param guard runs in the transaction that opens the rotation; what it throws prevents that
   * @return the id of the rotation
   */
  public UUID rotate(PolicyOrder order, Runnable guard) {
    return rotation.mintGuarded(() -> request(order), guard).rotationId();
  }

  private RotationRequest request(PolicyOrder order) {
    Subject subject = order.subject();
    Upstream upstream = order.upstream();
    if (ownLogins.include(subject, order.old()) || ownLogins.areEndedByMint(subject, upstream)) {
      throw ProblemType.OWN_LOGIN.with(
          "Rekey itself logs in at %s with this credential. Nothing was sent."
              .formatted(subject.upstream()));
    }
    RequestIdentity identity =
        RequestIdentity.policy(Initiator.policy(order)).delivering(DeliveryMode.ONLY);
    return upstream instanceof ListableUpstream
        ? replacement(order, identity, upstream)
        : new RotationRequest(
            identity, upstream, CredentialNaming.NONE, subject.name(), new Mint());
  }

  private RotationRequest replacement(
      PolicyOrder order, RequestIdentity identity, Upstream upstream) {
    Subject subject = order.subject();
    UpstreamCredential known =
        UpstreamProblems.valueOrThrow(upstream.name(), reads.read(subject, upstream, order.old()));
    UUID old =
        credentials
            .activeIdOf(subject, order.old())
            .orElseThrow(
                () -> ProblemType.WRONG_STATE.with("The credential is not active any more."));
    var terms = new RotationTerms(CredentialNaming.NONE, order.overlap(), true);
    return new RotationRequest(
        identity,
        upstream,
        new CredentialNaming(known.name(), known.description()),
        RotationRequest.target(subject, order.old()),
        new Replacement(new Overlap(old, terms), known.createdAt()));
  }
}
