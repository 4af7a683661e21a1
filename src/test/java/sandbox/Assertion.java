package sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.json.JsonMapper;

/** A client assertion as ConductorOne's SDKs sign it. Valid unless a test changes it. */
record Assertion(
    String clientId, String secret, String nonce, String algorithm, Map<String, Object> claims) {
  private static final JsonMapper JSON = new JsonMapper();

  static Assertion of(String clientId, String secret) {
    long now = Instant.now().getEpochSecond();
    var claims = new LinkedHashMap<String, Object>();
    claims.put("iss", clientId);
    claims.put("sub", clientId);
    claims.put("aud", List.of("localhost"));
    claims.put("exp", now + 120);
    claims.put("nbf", now - 120);
    claims.put("iat", now);
    String nonce = UUID.randomUUID().toString().replace("-", "");
    return new Assertion(clientId, secret, nonce, "EdDSA", claims);
  }

  static Assertion ofRekey() {
    return of(Sandbox.CONDUCTORONE_CLIENT_ID, Sandbox.CONDUCTORONE_CLIENT_SECRET);
  }

  Assertion with(String claim, Object value) {
    var changed = new LinkedHashMap<>(claims);
    changed.put(claim, value);
    return new Assertion(clientId, secret, nonce, algorithm, changed);
  }

  Assertion withNonce(String value) {
    return new Assertion(clientId, secret, value, algorithm, claims);
  }

  Assertion withAlgorithm(String value) {
    return new Assertion(clientId, secret, nonce, value, claims);
  }

  Assertion signedBy(String otherSecret) {
    return new Assertion(clientId, otherSecret, nonce, algorithm, claims);
  }

  String sign() {
    String signed = part(Map.of("alg", algorithm, "nonce", nonce)) + "." + part(claims);
    try {
      Signature signature = Signature.getInstance("Ed25519");
      signature.initSign(
          KeyFactory.getInstance("Ed25519")
              .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, key())));
      signature.update(signed.getBytes(UTF_8));
      return signed + "." + base64Url(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK has Ed25519", e);
    }
  }

  private byte[] key() {
    String jwk = secret.substring(secret.lastIndexOf(':') + 1);
    String d = JSON.readTree(Base64.getUrlDecoder().decode(jwk)).path("d").asString();
    return Base64.getUrlDecoder().decode(d);
  }

  private static String part(Map<String, Object> values) {
    return base64Url(JSON.writeValueAsBytes(values));
  }

  private static String base64Url(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
