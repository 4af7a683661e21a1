package dev.rekey.access.issuer;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.SignedJWT;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;

/** Checks signatures by public keys. No symmetric key, and no key in the token itself, counts. */
final class Signatures {

  // The DER form of a public key up to its bytes (RFC 8410).
  private static final byte[] ED25519 = HexFormat.of().parseHex("302a300506032b6570032100");
  private static final byte[] ED448 = HexFormat.of().parseHex("3043300506032b6571033a00");

  private Signatures() {}

  static boolean isAsymmetric(JWSAlgorithm algorithm) {
    return JWSAlgorithm.Family.SIGNATURE.contains(algorithm);
  }

  /** False also if the key cannot have made such a signature. */
  static boolean isSignedBy(SignedJWT token, JWK key) {
    try {
      return switch (key) {
        case RSAKey rsa -> token.verify(new RSASSAVerifier(rsa));
        case ECKey ec -> token.verify(new ECDSAVerifier(ec));
        case OctetKeyPair pair -> isSignedBy(token, pair);
        default -> false;
      };
    } catch (JOSEException | GeneralSecurityException _) {
      return false;
    }
  }

  // The library needs another one for these curves, and the JDK has them.
  private static boolean isSignedBy(SignedJWT token, OctetKeyPair key)
      throws GeneralSecurityException {
    Curve curve = key.getCurve();
    if (!JWSAlgorithm.Family.ED.contains(token.getHeader().getAlgorithm())
        || !(curve.equals(Curve.Ed25519) || curve.equals(Curve.Ed448))) {
      return false;
    }
    var signature = Signature.getInstance(curve.getName());
    signature.initVerify(publicKey(curve, key.getDecodedX()));
    signature.update(token.getSigningInput());
    return signature.verify(token.getSignature().decode());
  }

  private static PublicKey publicKey(Curve curve, byte[] point) throws GeneralSecurityException {
    byte[] start = curve.equals(Curve.Ed25519) ? ED25519 : ED448;
    byte[] encoded = ByteBuffer.allocate(start.length + point.length).put(start).put(point).array();
    return KeyFactory.getInstance(curve.getName()).generatePublic(new X509EncodedKeySpec(encoded));
  }
}
