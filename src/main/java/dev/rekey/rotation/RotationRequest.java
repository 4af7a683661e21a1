package dev.rekey.rotation;

import dev.rekey.access.Permit;
import dev.rekey.platform.PathId;
import dev.rekey.upstream.CredentialNaming;
import dev.rekey.upstream.ListableUpstream;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.Upstream;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A request for one new credential. Immutable.
 *
 * @param naming name and description of the new credential
 * @param target a target has at most one open rotation
 */
public record RotationRequest(
    RequestIdentity identity,
    Upstream upstream,
    CredentialNaming naming,
    String target,
    Purpose purpose) {

  /** What the new credential is for. */
  sealed interface Purpose {

    /** The old credential that stays valid for now; null if there is none. */
    default @Nullable Overlap overlap() {
      return null;
    }
  }

  /** A credential of a connector, or an additional one. Replaces nothing that is known before. */
  record Mint() implements Purpose {}

  /**
   * A credential that replaces an old one.
   *
   * @param oldCreatedAt when the old credential was created; null if that is not known
   */
  record Replacement(Overlap overlap, @Nullable Instant oldCreatedAt) implements Purpose {}

  /** A credential that replaces the one of a rotation, whose secret was lost. */
  record Reissue(UUID lost, @Nullable Overlap overlap) implements Purpose {}

  /** An old credential of the inventory that stays valid next to a new one, on these terms. */
  record Overlap(UUID old, RotationTerms terms) {

    @Nullable Integer graceSeconds() {
      return terms.grace() == null ? null : (int) terms.grace().toSeconds();
    }
  }

  /** Rotates a connector's credential. */
  public static RotationRequest rotate(
      Permit.Write permit, Upstream upstream, Submission submission) {
    return new RotationRequest(
        RequestIdentity.rotate(permit, submission),
        upstream,
        CredentialNaming.NONE,
        permit.subject().name(),
        new Mint());
  }

  /** Creates an additional credential under a name. */
  public static RotationRequest create(
      Permit.Write permit, Upstream upstream, CredentialNaming naming, Submission submission) {
    String target = permit.subject() + "/credentials?name=" + naming.name();
    return new RotationRequest(
        RequestIdentity.create(permit, target, naming, submission),
        upstream,
        naming,
        target,
        new Mint());
  }

  /** Replaces the credential of a rotation, whose secret was lost. */
  static RotationRequest reissue(RequestIdentity identity, Upstream upstream, RotationStatus lost) {
    Subject subject = identity.by().subject();
    PathId made = Objects.requireNonNull(lost.made()).upstreamId();
    return new RotationRequest(
        identity,
        upstream,
        lost.terms().naming(),
        upstream instanceof ListableUpstream ? target(subject, made) : subject.name(),
        new Reissue(lost.rotation(), lost.overlap()));
  }

  /** Another attempt of a rotation whose secret was lost before it was delivered. */
  static RotationRequest again(RotationStatus lost, Upstream upstream, DeliveryMode mode) {
    Subject subject = lost.subject();
    Overlap overlap = upstream instanceof ListableUpstream ? lost.overlap() : null;
    UUID reissueOf = lost.reissueOf();
    return new RotationRequest(
        new RequestIdentity(Initiator.rekey(subject), "", Submission.under(null), mode),
        upstream,
        lost.terms().naming(),
        lost.target(),
        reissueOf != null
            ? new Reissue(reissueOf, overlap)
            : overlap != null ? new Replacement(overlap, null) : new Mint());
  }

  static String target(Subject subject, PathId credential) {
    return subject + "/credentials/" + credential;
  }

  /** Same, and delivers the secret to the target of the subject. */
  public RotationRequest delivering(DeliveryMode mode) {
    return new RotationRequest(identity.delivering(mode), upstream, naming, target, purpose);
  }

  Initiator by() {
    return identity.by();
  }

  Subject subject() {
    return by().subject();
  }

  DeliveryMode delivery() {
    return identity.delivery();
  }

  /** Whether the upstream lists its credentials, so that a lost mint can be found. */
  boolean isListable() {
    return upstream instanceof ListableUpstream;
  }

  boolean isAdditive() {
    return upstream.isAdditive();
  }
}
