package dev.rekey.notification;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs webhooks by <a href="https://www.standardwebhooks.com">Standard Webhooks</a> with all
 * secrets of a target. A receiver needs to know one of them.
 */
final class SigningKeys {

  private static final String HMAC = "HmacSHA256";

  private volatile List<SecretKeySpec> keys;

  SigningKeys(List<byte[]> secrets) {
    this.keys = secrets.stream().map(secret -> new SecretKeySpec(secret, HMAC)).toList();
  }

  /** Uses the keys of the other one from now on. */
  void replaceWith(SigningKeys other) {
    keys = other.keys;
  }

  /** The {@code webhook-signature} header; {@code timestamp} is in seconds since 1970. */
  String signature(UUID id, long timestamp, byte[] body) {
    byte[] head = (id + "." + timestamp + ".").getBytes(StandardCharsets.US_ASCII);
    return keys.stream().map(key -> "v1," + hmac(key, head, body)).collect(Collectors.joining(" "));
  }

  private static String hmac(SecretKeySpec key, byte[] head, byte[] body) {
    try {
      var mac = Mac.getInstance(HMAC);
      mac.init(key);
      mac.update(head);
      return Base64.getEncoder().encodeToString(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + HMAC, e);
    }
  }
}
