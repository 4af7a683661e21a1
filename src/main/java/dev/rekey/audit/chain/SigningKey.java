package dev.rekey.audit.chain;

import dev.rekey.platform.crypto.Ed25519;
import dev.rekey.platform.settings.PropertyException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import org.springframework.boot.ssl.pem.PemContent;

/** The Ed25519 key that signs checkpoints. Never prints its private key. */
public final class SigningKey {

  private final PrivateKey privateKey;
  private final PublicKey publicKey;

  private SigningKey(PrivateKey privateKey, PublicKey publicKey) {
    this.privateKey = privateKey;
    this.publicKey = publicKey;
  }

  /** Reads a key; throws {@link PropertyException}, without the text, if it is malformed. */
  public static SigningKey ofPem(String text) {
    try {
      PrivateKey key = PemContent.of(text).getPrivateKey();
      if (key == null) {
        throw notAKey();
      }
      return new SigningKey(key, Ed25519.publicKeyOf(key));
    } catch (GeneralSecurityException | IllegalStateException e) {
      // Without the cause, whose message may quote the text.
      throw notAKey();
    }
  }

  private static PropertyException notAKey() {
    return new PropertyException(
        "rekey.audit.signing-key",
        "has to be an Ed25519 private key as PKCS#8 PEM (openssl genpkey -algorithm ed25519)");
  }

  /** The key id in checkpoints. */
  public String id() {
    return VerifyingKeys.id(publicKey);
  }

  byte[] sign(byte[] content) {
    return Ed25519.sign(privateKey, content);
  }

  @Override
  public String toString() {
    return "<redacted> " + id();
  }
}
