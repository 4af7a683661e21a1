package dev.rekey.audit.chain;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Pattern;

/** The public halves of the keys that checkpoints may be signed with. */
public final class VerifyingKeys {

  private static final Pattern PEM =
      Pattern.compile("-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\\s]+)-----END PUBLIC KEY-----");
  private static final int ID_BYTES = 8;

  private final Map<String, PublicKey> byId;

  private VerifyingKeys(Map<String, PublicKey> byId) {
    this.byId = Map.copyOf(byId);
  }

  static VerifyingKeys of(PublicKey key) {
    return new VerifyingKeys(Map.of(id(key), key));
  }

  /** All keys of a PEM text; throws {@link IllegalArgumentException} if there is none. */
  public static VerifyingKeys ofPem(String text) {
    var keys = new HashMap<String, PublicKey>();
    var block = PEM.matcher(text);
    while (block.find()) {
      PublicKey key =
          key(Base64.getMimeDecoder().decode(block.group(1).getBytes(StandardCharsets.US_ASCII)));
      keys.put(id(key), key);
    }
    if (keys.isEmpty()) {
      throw new IllegalArgumentException(
          "there has to be an Ed25519 public key in PEM (openssl pkey -in key.pem -pubout)");
    }
    return new VerifyingKeys(keys);
  }

  private static PublicKey key(byte[] encoded) {
    try {
      return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("a public key in the PEM is not an Ed25519 key", e);
    }
  }

  /** The first eight bytes, in hexadecimal, of the SHA-256 of the key's X.509 form. */
  static String id(PublicKey key) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
      return HexFormat.of().formatHex(hash, 0, ID_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  public boolean knows(String id) {
    return byId.containsKey(id);
  }

  /** Whether the key of that id, if it is known, made the signature. */
  public boolean accept(String id, byte[] content, byte[] signature) {
    PublicKey key = byId.get(id);
    if (key == null) {
      return false;
    }
    try {
      var check = Signature.getInstance("Ed25519");
      check.initVerify(key);
      check.update(content);
      return check.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
