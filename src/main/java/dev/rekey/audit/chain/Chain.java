package dev.rekey.audit.chain;

import dev.rekey.platform.crypto.Sha256;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/** Computes the two hashes of the chain. Not thread-safe. */
public final class Chain {

  private final MessageDigest sha256 = Sha256.digest();

  /** The chain hash before the first event. */
  public static byte[] start() {
    return new byte[32];
  }

  /** The hash of one event's canonical bytes. */
  public byte[] row(ByteBuffer canonical) {
    sha256.update(canonical);
    return sha256.digest();
  }

  /** The chain hash after a row. */
  public byte[] link(byte[] rowHash, byte[] previous) {
    sha256.update(rowHash);
    sha256.update(previous);
    return sha256.digest();
  }
}
