package sandbox.conductorone;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import sandbox.wire.Json;
import sandbox.wire.SecretText;

/**
 * A client secret that is a private key in text form: {@code secret-token:conductorone.com:v1:} and
 * an Ed25519 JWK of exactly kty, crv, x and d (ConductorOne docs, authenticate).
 */
final class KeySecret {
  private static final String PREFIX = "secret-token:conductorone.com:v1:";
  private static final byte[] PUBLIC_KEY_HEADER =
      HexFormat.of().parseHex("302a300506032b6570032100");
  private static final int KEY_BYTES = 32;

  private KeySecret() {}

  static SecretText generate() {
    try {
      KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      String jwk =
          "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"%s\",\"d\":\"%s\"}"
              .formatted(tail(pair.getPublic().getEncoded()), tail(pair.getPrivate().getEncoded()));
      return new SecretText(PREFIX + base64Url(jwk.getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK has Ed25519", e);
    }
  }

  /** Empty if the secret is not a key. */
  static Optional<PublicKey> publicKey(SecretText secret) {
    return secret.reveal().startsWith(PREFIX)
        ? Optional.of(decode(secret.reveal().substring(PREFIX.length())))
        : Optional.empty();
  }

  private static PublicKey decode(String encodedJwk) {
    byte[] x =
        Json.parse(Base64.getUrlDecoder().decode(encodedJwk))
            .map(jwk -> Base64.getUrlDecoder().decode(jwk.path("x").asString()))
            .orElseThrow();
    byte[] encoded = Arrays.copyOf(PUBLIC_KEY_HEADER, PUBLIC_KEY_HEADER.length + KEY_BYTES);
    System.arraycopy(x, 0, encoded, PUBLIC_KEY_HEADER.length, KEY_BYTES);
    try {
      return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("A secret's key should be Ed25519", e);
    }
  }

  private static String tail(byte[] encodedKey) {
    return base64Url(
        Arrays.copyOfRange(encodedKey, encodedKey.length - KEY_BYTES, encodedKey.length));
  }

  private static String base64Url(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
