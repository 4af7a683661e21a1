package dev.rekey.credential;

import java.util.UUID;

/**
 * Knows which attempts to mint may still claim a credential. The inventory asks, because it must
 * not take for somebody's what Rekey has made and nobody holds; who rotates answers.
 */
public interface OpenMints {

  /** Whether a credential that names this attempt is not, or not yet, anybody's. */
  boolean mayClaim(UUID attempt);
}
