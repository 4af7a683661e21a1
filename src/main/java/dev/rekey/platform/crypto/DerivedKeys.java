package dev.rekey.platform.crypto;

import javax.crypto.SecretKey;

/**
 * Keys that are derived from one key. Every replica has the same ones, so each replica can read
 * what another one has signed or encrypted. If that one key changes, all of them change.
 */
@FunctionalInterface
public interface DerivedKeys {

  /** The key of 32 bytes for one purpose; may change while Rekey runs. */
  SecretKey get(String algorithm, String purpose);
}
