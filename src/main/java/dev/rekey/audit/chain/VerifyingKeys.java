package dev.rekey.audit.chain;

import dev.rekey.platform.crypto.Ed25519;
import dev.rekey.platform.crypto.Sha256;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** The public keys that checkpoints may be signed with, by id. */
public final class VerifyingKeys {

  private static final Pattern PEM =
      Pattern.compile("-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\\s]+)-----END PUBLIC KEY-----");
  private static final int ID_DIGITS = 16;

  private final Map<String, PublicKey> byId;

  private VerifyingKeys(Map<String, PublicKey> byId) {
    this.byId = Map.copyOf(byId);
  }

  /** Reads all keys of a PEM text; throws {@link IllegalArgumentException} if there is none. */
  public static VerifyingKeys ofPem(String text) {
    var keys = new HashMap<String, PublicKey>();
    var block = PEM.matcher(text);
    while (block.find()) {
      try {
        var key = Ed25519.publicKeyOfX509(Base64.getMimeDecoder().decode(block.group(1)));
        keys.put(id(key), key);
      } catch (GeneralSecurityException e) {
        throw new IllegalArgumentException("a public key in the PEM is not an Ed25519 key", e);
      }
    }
    if (keys.isEmpty()) {
      throw new IllegalArgumentException(
          "an Ed25519 public key in PEM is required (openssl pkey -in key.pem -pubout)");
    }
    return new VerifyingKeys(keys);
  }

  /** The first 16 hexadecimal digits of the SHA-256 of the key's X.509 form. */
  static String id(PublicKey key) {
    return Sha256.hex(key.getEncoded()).substring(0, ID_DIGITS);
  }

  public boolean knows(String id) {
    return byId.containsKey(id);
  }

  /** Whether the key is known and made the signature. */
  public boolean verify(String id, byte[] content, byte[] signature) {
    PublicKey key = byId.get(id);
    return key != null && Ed25519.verify(key, content, signature);
  }
}
