package dev.rekey.upstream.conductorone;

import dev.rekey.platform.settings.PropertyException;
import dev.rekey.upstream.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * Signs the assertion by which ConductorOne's own clients authenticate (conductorone-sdk-go,
 * token_source.go): EdDSA over a header of {@code alg} and {@code nonce}, and the claims {@code
 * iss}, {@code sub}, {@code aud}, {@code iat}, {@code nbf} and {@code exp}.
 */
final class ClientAssertion {

  static final String SECRET_PREFIX = "secret-token:conductorone.com:v1:";

  private static final Duration LIFETIME = Duration.ofMinutes(2);
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
  private static final int KEY_BYTES = 32;
  // What X.509 and PKCS#8 put in front of a raw Ed25519 key (RFC 8410).
  private static final byte[] X509 = HexFormat.of().parseHex("302a300506032b6570032100");
  private static final byte[] PKCS8 = HexFormat.of().parseHex("302e020100300506032b657004220420");

  private final PrivateKey key;
  private final String clientId;
  private final String audience;
  private final Clock clock;

  private ClientAssertion(PrivateKey key, String clientId, String audience, Clock clock) {
    this.key = key;
    this.clientId = clientId;
    this.audience = audience;
    this.clock = clock;
  }

  /** Whether the secret says of itself that it is a signing key. */
  static boolean isSigningKey(Secret secret) {
    return secret.reveal().startsWith(SECRET_PREFIX);
  }

  /** Throws {@link PropertyException}, without the secret, if it holds no usable key. */
  static ClientAssertion with(Secret secret, String clientId, String audience, Clock clock) {
    try {
      String encoded = secret.reveal().substring(SECRET_PREFIX.length());
      var jwk = JSON.readValue(Base64.getUrlDecoder().decode(encoded), Jwk.class);
      return new ClientAssertion(jwk.privateKey(), clientId, audience, clock);
    } catch (GeneralSecurityException | RuntimeException e) {
      throw new PropertyException(
          "rekey.upstreams.conductorone.client-secret",
          "starts with "
              + SECRET_PREFIX
              + " but what follows is not the base64url form of a private Ed25519 JWK");
    }
  }

  /** A fresh assertion, good for two minutes. */
  String sign() {
    Instant now = clock.instant();
    byte[] nonce = new byte[16];
    RANDOM.nextBytes(nonce);
    String header = part(Map.of("alg", "EdDSA", "nonce", HexFormat.of().formatHex(nonce)));
    String claims =
        part(
            Map.of(
                "iss",
                clientId,
                "sub",
                clientId,
                "aud",
                new String[] {audience},
                "iat",
                now.getEpochSecond(),
                "nbf",
                now.minus(LIFETIME).getEpochSecond(),
                "exp",
                now.plus(LIFETIME).getEpochSecond()));
    String content = header + "." + claims;
    return content + "." + BASE64.encodeToString(signature(content));
  }

  private static String part(Map<String, Object> members) {
    return BASE64.encodeToString(JSON.writeValueAsBytes(members));
  }

  private byte[] signature(String content) {
    try {
      var signature = Signature.getInstance("Ed25519");
      signature.initSign(key);
      signature.update(content.getBytes(StandardCharsets.US_ASCII));
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK since 15 signs Ed25519", e);
    }
  }

  private record Jwk(String kty, String crv, Secret x, Secret d) {

    PrivateKey privateKey() throws GeneralSecurityException {
      if (!kty.equals("OKP") || !crv.equals("Ed25519")) {
        throw new GeneralSecurityException("not an Ed25519 key");
      }
      var keys = KeyFactory.getInstance("Ed25519");
      var key = keys.generatePrivate(new PKCS8EncodedKeySpec(encoded(PKCS8, d)));
      var proof = Signature.getInstance("Ed25519");
      proof.initSign(key);
      byte[] signed = proof.sign();
      proof.initVerify(keys.generatePublic(new X509EncodedKeySpec(encoded(X509, x))));
      if (!proof.verify(signed)) {
        throw new GeneralSecurityException("the key's halves do not belong together");
      }
      return key;
    }

    private static byte[] encoded(byte[] prefix, Secret raw) throws GeneralSecurityException {
      byte[] bytes = Base64.getUrlDecoder().decode(raw.reveal());
      if (bytes.length != KEY_BYTES) {
        throw new GeneralSecurityException("a key has " + KEY_BYTES + " bytes");
      }
      byte[] whole = Arrays.copyOf(prefix, prefix.length + KEY_BYTES);
      System.arraycopy(bytes, 0, whole, prefix.length, KEY_BYTES);
      return whole;
    }
  }
}
