package dev.rekey.rotation;

import dev.rekey.access.Access;
import dev.rekey.access.Permit;
import dev.rekey.credential.Credentials;
import dev.rekey.platform.PathId;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.upstream.Reply;
import dev.rekey.upstream.Reply.Obstacle;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.Upstream;
import dev.rekey.upstream.UpstreamCredential;
import dev.rekey.upstream.UpstreamProblems;
import dev.rekey.upstream.Upstreams;
import org.springframework.stereotype.Component;

/**
 * Protects the credentials with which Rekey itself logs in at the upstreams. Without them it could
 * change nothing any more. The requirements throw a problem unless an admin forces the request.
 */
@Component
public class OwnLogins {

  private final Credentials credentials;
  private final Upstreams upstreams;
  private final Access access;

  OwnLogins(Credentials credentials, Upstreams upstreams, Access access) {
    this.credentials = credentials;
    this.upstreams = upstreams;
    this.access = access;
  }

  /** Whether a credential of the inventory is an own login. */
  boolean include(Subject subject, PathId id) {
    return credentials
        .clientIdOf(subject, id)
        .filter(upstreams.of(subject)::isOwnLogin)
        .isPresent();
  }

  /** Requires force and an admin if the inventory has the credential as an own login. */
  void requireForce(Permit.Write permit, PathId id, boolean force) {
    require(include(permit.subject(), id), permit, force);
  }

  /** The same for a mint that may revoke the subject's other credentials. */
  public void requireForceToMint(Permit.Write permit, Upstream upstream, boolean force) {
    require(areEndedByMint(permit.subject(), upstream), permit, force);
  }

  /** Whether a mint may revoke an own login. */
  boolean areEndedByMint(Subject subject, Upstream upstream) {
    return !upstream.isAdditive()
        && credentials.clientIds(subject).stream().anyMatch(upstream::isOwnLogin);
  }

  /** The same for a credential that may be missing in the inventory; then its upstream decides. */
  void requireForce(Permit.Write permit, Upstream upstream, PathId id, boolean force) {
    boolean isOwn =
        credentials
            .clientIdOf(permit.subject(), id)
            .map(upstream::isOwnLogin)
            .orElseGet(() -> readIsOwn(permit.subject(), upstream, id));
    require(isOwn, permit, force);
  }

  private boolean readIsOwn(Subject subject, Upstream upstream, PathId id) {
    // Not recorded: Rekey is about to delete or revoke it.
    return switch (upstream.read(subject, id)) {
      case Reply.Success<UpstreamCredential>(var seen) -> upstream.isOwnLogin(seen.clientId());
      case Reply.ErrorStatus<UpstreamCredential> error when error.status() == 404 -> false;
      default -> throw UpstreamProblems.notSent(upstream.name(), Obstacle.NOT_READ);
    };
  }

  private void require(boolean isOwn, Permit.Write permit, boolean force) {
    if (isOwn && !force) {
      throw ProblemType.OWN_LOGIN.with(
          "Rekey itself logs in at %s with a credential that this would remove. Nothing was sent."
                  .formatted(permit.subject().upstream())
              + " Configure another login first, or send force=true with the scope admin.");
    }
    if (isOwn) {
      access.toAdminister(permit.caller(), permit.subject());
    }
  }
}
