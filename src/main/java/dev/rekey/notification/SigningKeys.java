package dev.rekey.notification;

import dev.rekey.platform.crypto.HmacSha256;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs webhooks by <a href="https://www.standardwebhooks.com">Standard Webhooks</a> with all
 * secrets of a target. A receiver needs to know one of them.
 */
final class SigningKeys {

  private volatile List<SecretKeySpec> keys;

  SigningKeys(List<byte[]> secrets) {
    this.keys =
        secrets.stream().map(secret -> new SecretKeySpec(secret, HmacSha256.ALGORITHM)).toList();
  }

  /** Uses the keys of the other one from now on. */
  void replaceWith(SigningKeys other) {
    keys = other.keys;
  }

  /** The {@code webhook-signature} header; {@code timestamp} is in seconds since 1970. */
  String signature(UUID id, long timestamp, byte[] body) {
    byte[] head = (id + "." + timestamp + ".").getBytes(StandardCharsets.US_ASCII);
    return keys.stream()
        .map(key -> "v1," + Base64.getEncoder().encodeToString(HmacSha256.of(key, head, body)))
        .collect(Collectors.joining(" "));
  }
}
