package dev.rekey.upstream.conductorone;

import static java.util.Map.entry;

import dev.rekey.platform.crypto.Ed25519;
import dev.rekey.platform.settings.PropertyException;
import dev.rekey.upstream.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * Signs the client assertion that ConductorOne's own SDKs authenticate with (conductorone-sdk-go,
 * token_source.go): EdDSA over a header of {@code alg} and {@code nonce}, and the claims {@code
 * iss}, {@code sub}, {@code aud}, {@code iat}, {@code nbf} and {@code exp}.
 */
final class ClientAssertion {

  static final String SECRET_PREFIX = "secret-token:conductorone.com:v1:";

  private static final Duration LIFETIME = Duration.ofMinutes(2);
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

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

  static boolean isSigningKey(Secret secret) {
    return secret.reveal().startsWith(SECRET_PREFIX);
  }

  /** Reads the key; throws {@link PropertyException}, without the secret, if it is malformed. */
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

  /** A new assertion, valid for two minutes. */
  String sign() {
    Instant now = clock.instant();
    byte[] nonce = new byte[16];
    RANDOM.nextBytes(nonce);
    String header = part(Map.of("alg", "EdDSA", "nonce", HexFormat.of().formatHex(nonce)));
    String claims =
        part(
            Map.ofEntries(
                entry("iss", clientId),
                entry("sub", clientId),
                entry("aud", new String[] {audience}),
                entry("iat", now.getEpochSecond()),
                entry("nbf", now.minus(LIFETIME).getEpochSecond()),
                entry("exp", now.plus(LIFETIME).getEpochSecond())));
    String content = header + "." + claims;
    return content
        + "."
        + BASE64.encodeToString(Ed25519.sign(key, content.getBytes(StandardCharsets.US_ASCII)));
  }

  private static String part(Map<String, Object> members) {
    return BASE64.encodeToString(JSON.writeValueAsBytes(members));
  }

  private record Jwk(String kty, String crv, Secret x, Secret d) {

    PrivateKey privateKey() throws GeneralSecurityException {
      if (!kty.equals("OKP") || !crv.equals("Ed25519")) {
        throw new InvalidKeyException("not an Ed25519 key");
      }
      PrivateKey key = Ed25519.privateKey(bytes(d));
      if (!Ed25519.isPair(key, Ed25519.publicKey(bytes(x)))) {
        throw new InvalidKeyException("x is not the public key of d");
      }
      return key;
    }

    private static byte[] bytes(Secret member) {
      return Base64.getUrlDecoder().decode(member.reveal());
    }
  }
}
