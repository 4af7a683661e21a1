package dev.rekey.credential;

import dev.rekey.platform.PathId;
import dev.rekey.upstream.Subject;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;

/**
 * Answers which mutations Rekey itself has open or has closed, so that the inventory does not
 * report them as drift. A mutation that counts as closed here has also updated the inventory.
 */
public interface OpenMutations {

  /** Returns true if the credential of this attempt may still be recorded or deleted by Rekey. */
  boolean isReservedByOpenAttempt(UUID attempt);

  /**
   * Like {@link #isReservedByOpenAttempt}, for a credential that no longer carries its attempt:
   * returns true if an attempt of the subject recorded that it made the credential.
   */
  boolean isMadeByOpenAttempt(Subject subject, PathId upstreamId);

  /** Returns true if a change of the credential is pending or of unknown outcome. */
  boolean hasOpenChange(Subject subject, PathId upstreamId);

  /** Returns true if Rekey deleted or revoked the credential, whatever a list still shows. */
  boolean hasRetired(Subject subject, PathId upstreamId);

  /** Returns true if a mint of the subject is pending, which may revoke other credentials. */
  boolean hasOpenMint(Subject subject);

  /** Returns true if a closed mint may have revoked a credential that was last seen then. */
  boolean mayHaveReplaced(Subject subject, Instant lastSeen);

  /** Returns the ids of the rotations that were requested to replace a credential. */
  Set<UUID> rotationsReplacing(Subject subject, UUID credential);
}
