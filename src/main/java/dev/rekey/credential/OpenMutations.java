package dev.rekey.credential;

import dev.rekey.platform.PathId;
import dev.rekey.upstream.Subject;
import java.time.Instant;
import java.util.UUID;

/**
 * Knows what Rekey itself is about to do at the upstreams. The inventory asks, because it must not
 * take for somebody else's what is Rekey's own; who rotates answers. What has closed when it is
 * asked has also been recorded.
 */
public interface OpenMutations {

  /** Whether a credential that names this attempt is not, or not yet, anybody's. */
  boolean mayClaim(UUID attempt);

  /** Whether a change of this credential, or its end, is under way or of unknown outcome. */
  boolean mayChange(Subject subject, PathId upstreamId);

  /** Whether a change through Rekey has ended this credential, whatever lists still show. */
  boolean hasEnded(Subject subject, PathId upstreamId);

  /** Whether a mint is under way that may end other credentials of the subject. */
  boolean isMinting(Subject subject);

  /**
   * Whether a mint that has closed may have ended a credential of the subject.
   *
   * @param lastSeen when the credential was last known to live
   */
  boolean mayHaveEnded(Subject subject, Instant lastSeen);
}
