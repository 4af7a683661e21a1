package dev.rekey.audit.chain;

import dev.rekey.platform.crypto.Ed25519;
import dev.rekey.platform.settings.PropertyException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.EdECPrivateKey;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;
import org.springframework.boot.ssl.pem.PemContent;

/** The Ed25519 key that signs checkpoints. Never prints its private key. */
public final class SigningKey {

  private static final int DERIVED_BYTES = 32;

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
        throw notAKey(text);
      }
      return new SigningKey(key, Ed25519.publicKeyOf(key));
    } catch (GeneralSecurityException | IllegalStateException e) {
      // Without the cause, whose message may quote the text.
      throw notAKey(text);
    }
  }

  private static PropertyException notAKey(String text) {
    String key =
        "has to be an Ed25519 private key as PKCS#8 PEM (openssl genpkey -algorithm ed25519)";
    return new PropertyException(
        "rekey.audit.signing-key",
        text.contains("-----BEGIN")
            ? key
            : key
                + ", not its path: name the file rekey.audit.signing-key, in a directory of"
                + " secrets, or set the variable to \"$(cat signing-key.pem)\""
                + " (docs/configuration.md)");
  }

  /** The key id in checkpoints. */
  public String id() {
    return VerifyingKeys.id(publicKey);
  }

  byte[] sign(byte[] content) {
    return Ed25519.sign(privateKey, content);
  }

  /** Derives an independent key for another purpose, which the label names (HKDF, RFC 5869). */
  SecretKey derive(String algorithm, String label) {
    byte[] seed = ((EdECPrivateKey) privateKey).getBytes().orElseThrow();
    var parameters =
        HKDFParameterSpec.ofExtract()
            .addIKM(seed)
            .thenExpand(label.getBytes(StandardCharsets.UTF_8), DERIVED_BYTES);
    try {
      return KDF.getInstance("HKDF-SHA256").deriveKey(algorithm, parameters);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HKDF-SHA256", e);
    }
  }

  @Override
  public String toString() {
    return "<redacted> " + id();
  }
}
