package dev.rekey.audit.chain;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The two hashes of the chain. Not thread-safe. */
public final class Chain {

  public static final int HASH_BYTES = 32;

  private final MessageDigest sha256;

  public Chain() {
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** What stands before the first event. */
  public static byte[] start() {
    return new byte[HASH_BYTES];
  }

  /** The hash of one event's canonical bytes. */
  public byte[] row(ByteBuffer canonical) {
    sha256.update(canonical);
    return sha256.digest();
  }

  /** The head of the chain once the row is on it. */
  public byte[] link(byte[] rowHash, byte[] previous) {
    sha256.update(rowHash);
    sha256.update(previous);
    return sha256.digest();
  }
}
