package dev.rekey.platform.crypto;

import java.security.GeneralSecurityException;
import java.security.Key;
import javax.crypto.Mac;

/** HMAC with SHA-256 (RFC 2104, FIPS 180-4). */
public final class HmacSha256 {

  /** The name of its keys' algorithm. */
  public static final String ALGORITHM = "HmacSHA256";

  private HmacSha256() {}

  /** The 32 bytes of the code of all parts, one after the other. */
  public static byte[] of(Key key, byte[]... parts) {
    try {
      var mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      for (byte[] part : parts) {
        mac.update(part);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }
}
