package dev.rekey.platform.crypto;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/** Ed25519 (RFC 8032). Exceptions never quote a key. */
public final class Ed25519 {

  private static final String ALGORITHM = NamedParameterSpec.ED25519.getName();
  private static final int KEY_BYTES = 32;

  /** The X.509 form is this prefix and the bytes of the key (RFC 8410, 10.1). */
  private static final byte[] X509_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

  private Ed25519() {}

  /** Reads the 32 bytes of a private key; throws if there are more or fewer. */
  public static PrivateKey privateKey(byte[] bytes) throws GeneralSecurityException {
    return KeyFactory.getInstance(ALGORITHM)
        .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, bytes));
  }

  /** Reads the 32 bytes of a public key (RFC 8032, 5.1.2); throws if there are more or fewer. */
  public static PublicKey publicKey(byte[] bytes) throws GeneralSecurityException {
    if (bytes.length != KEY_BYTES) {
      throw new InvalidKeyException("an Ed25519 public key has " + KEY_BYTES + " bytes");
    }
    byte[] encoded = Arrays.copyOf(X509_PREFIX, X509_PREFIX.length + KEY_BYTES);
    System.arraycopy(bytes, 0, encoded, X509_PREFIX.length, KEY_BYTES);
    return publicKeyOfX509(encoded);
  }

  /** Reads the X.509 form that a PEM public key holds; throws if it is not an Ed25519 key. */
  public static PublicKey publicKeyOfX509(byte[] encoded) throws GeneralSecurityException {
    return KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(encoded));
  }

  /** Computes the public key; throws if the private key is not an Ed25519 key. */
  public static PublicKey publicKeyOf(PrivateKey key) throws GeneralSecurityException {
    if (!(key instanceof EdECPrivateKey edwards)
        || !edwards.getParams().getName().equals(ALGORITHM)) {
      throw new InvalidKeyException("not an Ed25519 private key");
    }
    byte[] bytes =
        edwards.getBytes().orElseThrow(() -> new InvalidKeyException("the key has no bytes"));
    // The JDK computes a public key only for a new pair, whose private key it takes unchanged from
    // the source of randomness.
    var generator = KeyPairGenerator.getInstance(ALGORITHM);
    generator.initialize(
        NamedParameterSpec.ED25519,
        new SecureRandom() {
          @Override
          public void nextBytes(byte[] random) {
            System.arraycopy(bytes, 0, random, 0, random.length);
          }
        });
    PublicKey publicKey = generator.generateKeyPair().getPublic();
    if (!isPair(key, publicKey)) {
      throw new InvalidKeyException("the JDK computed the public key of another private key");
    }
    return publicKey;
  }

  /** Whether the public key verifies what the private key signs. */
  public static boolean isPair(PrivateKey privateKey, PublicKey publicKey) {
    byte[] content = new byte[1];
    return verify(publicKey, content, sign(privateKey, content));
  }

  /** The signature, 64 bytes; throws {@link IllegalStateException} for a key of another kind. */
  public static byte[] sign(PrivateKey key, byte[] content) {
    try {
      var signature = Signature.getInstance(ALGORITHM);
      signature.initSign(key);
      signature.update(content);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("not an Ed25519 private key", e);
    }
  }

  /** Whether the key made the signature over the content; false for a malformed one too. */
  public static boolean verify(PublicKey key, byte[] content, byte[] signature) {
    try {
      var check = Signature.getInstance(ALGORITHM);
      check.initVerify(key);
      check.update(content);
      return check.verify(signature);
    } catch (GeneralSecurityException _) {
      return false;
    }
  }
}
