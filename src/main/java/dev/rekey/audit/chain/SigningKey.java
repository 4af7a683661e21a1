package dev.rekey.audit.chain;

import dev.rekey.platform.settings.PropertyException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.NamedParameterSpec;
import org.springframework.boot.ssl.pem.PemContent;

/** The Ed25519 key that signs checkpoints. Never prints its private half. */
public final class SigningKey {

  private static final String ALGORITHM = "Ed25519";

  private final PrivateKey privateKey;
  private final PublicKey publicKey;

  private SigningKey(KeyPair pair) {
    this.privateKey = pair.getPrivate();
    this.publicKey = pair.getPublic();
  }

  /** Throws {@link PropertyException}, without the text, if it holds no Ed25519 key. */
  public static SigningKey ofPem(String text) {
    try {
      PrivateKey key = PemContent.of(text).getPrivateKey();
      if (!(key instanceof EdECPrivateKey edwards)
          || !edwards.getParams().getName().equals(ALGORITHM)) {
        throw notAKey();
      }
      var signing = new SigningKey(pair(edwards));
      if (!VerifyingKeys.of(signing.publicKey)
          .accept(signing.id(), new byte[1], signing.sign(new byte[1]))) {
        throw notAKey();
      }
      return signing;
    } catch (GeneralSecurityException | IllegalStateException e) {
      // Without the cause, which may quote the text.
      throw notAKey();
    }
  }

  // The JDK has no way from an Ed25519 private key to its public half but to make the pair anew
  // from the private key's bytes, which its generator takes from the source of randomness as they
  // are.
  private static KeyPair pair(EdECPrivateKey key) throws GeneralSecurityException {
    byte[] seed = key.getBytes().orElseThrow(SigningKey::notAKey);
    var generator = KeyPairGenerator.getInstance(ALGORITHM);
    generator.initialize(
        NamedParameterSpec.ED25519,
        new SecureRandom() {
          @Override
          public void nextBytes(byte[] bytes) {
            System.arraycopy(seed, 0, bytes, 0, bytes.length);
          }
        });
    return generator.generateKeyPair();
  }

  private static PropertyException notAKey() {
    return new PropertyException(
        "rekey.audit.signing-key",
        "has to be an Ed25519 private key as PKCS#8 PEM (openssl genpkey -algorithm ed25519)");
  }

  /** The id by which checkpoints name it. */
  public String id() {
    return VerifyingKeys.id(publicKey);
  }

  byte[] sign(byte[] content) {
    try {
      var signature = Signature.getInstance(ALGORITHM);
      signature.initSign(privateKey);
      signature.update(content);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the signing key was usable at the start", e);
    }
  }

  @Override
  public String toString() {
    return "<redacted> " + id();
  }
}
