package dev.rekey.automation;

import dev.rekey.platform.PathId;
import dev.rekey.policy.NextRotation;
import dev.rekey.policy.WaitsFor;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A covered subject and its next rotation, as far as the database knows.
 *
 * @param current the credential that is rotated next; null if there is none, or several
 * @param candidates the ids of all credentials that it may be
 * @param attempts what was tried before
 * @param pause the pause that ends last; null if it is not paused
 */
record PlannedRotation(
    Covered covered,
    @Nullable Current current,
    List<UUID> candidates,
    Attempts attempts,
    @Nullable Pause pause,
    NextRotation next) {

  /**
   * A credential.
   *
   * @param createdAt when it was created or, if that is not known, recorded
   * @param expiresAt the expiry at the upstream; null if there is none
   */
  record Current(UUID id, PathId upstreamId, Instant createdAt, @Nullable Instant expiresAt) {}

  /**
   * The tries for the current credential.
   *
   * @param epoch the number of claims of the subject so far
   */
  record Attempts(
      int epoch,
      int tries,
      @Nullable Instant triedAt,
      @Nullable String lastFailure,
      @Nullable Instant haltedAt) {

    /** Such as {@code 3 tries failed}. */
    static String failed(int tries) {
      return tries == 1 ? "1 try failed" : tries + " tries failed";
    }

    /** The same subject without a try. */
    Attempts forgotten() {
      return new Attempts(epoch, 0, null, null, null);
    }
  }

  String subject() {
    return covered.name();
  }

  /** Whether all tries failed, although nobody has recorded that. */
  boolean isExhausted() {
    return current != null
        && attempts.haltedAt() == null
        && next.waitsFor() != WaitsFor.ROTATION
        && covered.policy().retries().areUsedUpBy(attempts.tries());
  }
}
