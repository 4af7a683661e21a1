package dev.rekey.platform.query;

import javax.crypto.SecretKey;

/**
 * The key that authenticates cursors. It is the same on every replica and after a restart. A cursor
 * from an earlier key is an {@code invalid-cursor} problem.
 */
@FunctionalInterface
public interface CursorKey {

  /** A key for HMAC-SHA-256; may change while Rekey runs. */
  SecretKey get();
}
