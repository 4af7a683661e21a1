package dev.rekey.access.encryption;

import com.nimbusds.jose.Algorithm;
import com.nimbusds.jose.EncryptionMethod;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWEEncrypter;
import com.nimbusds.jose.JWEHeader;
import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDHEncrypter;
import com.nimbusds.jose.crypto.RSAEncrypter;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import java.util.Set;

/** A public key for which a response can be encrypted. Immutable. */
final class Recipient {

  private static final Set<Curve> CURVES = Set.of(Curve.P_256, Curve.P_384, Curve.P_521);
  private static final int LEAST_RSA_BITS = 2048;

  private final JWK key;
  private final JWEAlgorithm algorithm;

  private Recipient(JWK key, JWEAlgorithm algorithm) {
    this.key = key;
    this.algorithm = algorithm;
  }

  /** Throws if the key cannot be used, and says why without quoting the key. */
  static Recipient of(JWK key) throws UnusableKeyException {
    if (key.isPrivate()) {
      throw new UnusableKeyException("is a private key: register the public one only");
    }
    if (key.getKeyID() == null || key.getKeyID().isBlank()) {
      throw new UnusableKeyException("has no kid");
    }
    if (key.getKeyUse() != null && !key.getKeyUse().equals(KeyUse.ENCRYPTION)) {
      throw new UnusableKeyException("has a use other than enc");
    }
    JWEAlgorithm algorithm = algorithm(key);
    Algorithm only = key.getAlgorithm();
    if (only != null && !only.getName().equals(algorithm.getName())) {
      throw new UnusableKeyException("has an alg other than " + algorithm);
    }
    return new Recipient(key, algorithm);
  }

  private static JWEAlgorithm algorithm(JWK key) throws UnusableKeyException {
    return switch (key) {
      case ECKey ec when CURVES.contains(ec.getCurve()) -> JWEAlgorithm.ECDH_ES_A256KW;
      case RSAKey rsa when rsa.size() >= LEAST_RSA_BITS -> JWEAlgorithm.RSA_OAEP_256;
      default ->
          throw new UnusableKeyException(
              "is neither an EC key on P-256, P-384 or P-521, nor an RSA key of "
                  + LEAST_RSA_BITS
                  + " bits or more");
    };
  }

  /** A compact JWE of JSON, which only the holder of the private key can read. */
  String encrypt(byte[] json) {
    var header =
        new JWEHeader.Builder(algorithm, EncryptionMethod.A256GCM)
            .keyID(key.getKeyID())
            .contentType("json")
            .build();
    var jwe = new JWEObject(header, new Payload(json));
    try {
      jwe.encrypt(encrypter());
    } catch (JOSEException e) {
      // Its message may quote what it failed to encrypt.
      throw new IllegalStateException("a response could not be encrypted");
    }
    return jwe.serialize();
  }

  private JWEEncrypter encrypter() throws JOSEException {
    return switch (key) {
      case ECKey ec -> new ECDHEncrypter(ec);
      case RSAKey rsa -> new RSAEncrypter(rsa);
      default -> throw new IllegalStateException("other keys are refused");
    };
  }

  /** A key cannot be used for encryption. The message says why, after the words "the key". */
  static final class UnusableKeyException extends Exception {

    private static final long serialVersionUID = 1;

    UnusableKeyException(String why) {
      super(why);
    }
  }
}
