package dev.rekey.platform.crypto;

import javax.crypto.SecretKey;

/**
 * Keys derived from one that every replica has, so what one replica has signed or encrypted, each
 * of them can read. A change of that key changes them all.
 */
@FunctionalInterface
public interface DerivedKeys {

  /** The key of 32 bytes for one purpose; may change while Rekey runs. */
  SecretKey get(String algorithm, String purpose);
}
