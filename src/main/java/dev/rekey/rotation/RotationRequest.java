package dev.rekey.rotation;

import dev.rekey.access.Permit;
import dev.rekey.platform.PathId;
import dev.rekey.upstream.CredentialNaming;
import dev.rekey.upstream.ListableUpstream;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.Upstream;
import java.time.Duration;
import java.time.Instant;
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

  /**
   * A credential that replaces one whose secret was lost.
   *
   * @param lost the rotation that minted the lost one
   * @param overlap the old credential of that rotation
   */
  record Reissue(UUID lost, @Nullable Overlap overlap) implements Purpose {}

  /**
   * An old and a new credential that are valid at the same time.
   *
   * @param old the old credential in the inventory
   * @param grace how long the old credential stays valid after the confirmation; null for the
   *     default
   * @param confirmOnFirstUse whether the first use of the new credential confirms the rotation
   */
  record Overlap(UUID old, @Nullable Duration grace, boolean confirmOnFirstUse) {

    @Nullable Integer graceSeconds() {
      return grace == null ? null : (int) grace.toSeconds();
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

  /** Replaces an old credential, which stays valid until the rotation is confirmed. */
  static RotationRequest replace(
      RequestIdentity identity,
      Upstream upstream,
      PathId old,
      CredentialNaming naming,
      Replacement purpose) {
    String target = target(identity.permit().subject(), old);
    return new RotationRequest(identity, upstream, naming, target, purpose);
  }

  /**
   * Replaces a credential whose secret was lost.
   *
   * @param made the lost credential
   */
  static RotationRequest reissue(
      RequestIdentity identity, Upstream upstream, RotationStatus lost, PathId made) {
    Subject subject = identity.permit().subject();
    return new RotationRequest(
        identity,
        upstream,
        lost.naming(),
        upstream instanceof ListableUpstream ? target(subject, made) : subject.name(),
        new Reissue(lost.rotation(), lost.overlap()));
  }

  static String target(Subject subject, PathId credential) {
    return subject + "/credentials/" + credential;
  }

  Permit.Write permit() {
    return identity.permit();
  }

  Subject subject() {
    return permit().subject();
  }

  /** Whether the upstream lists its credentials, so that a lost mint can be found. */
  boolean isListable() {
    return upstream instanceof ListableUpstream;
  }

  boolean isAdditive() {
    return upstream.isAdditive();
  }
}
