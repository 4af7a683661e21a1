package sandbox.conductorone;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;
import sandbox.wire.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Validates client assertions as the vendor's SDKs sign them: EdDSA, a header nonce used once, the
 * bare host as audience, a lifetime of at most five minutes. Stricter than the vendor in one
 * respect: its server does not seem to require the nonce.
 */
@Component
final class Assertions {
  private static final Pattern NONCE = Pattern.compile("[0-9a-f]{32}");
  private static final Duration LONGEST_LIFE = Duration.ofMinutes(5);

  private final Map<String, Instant> usedNonces = new ConcurrentHashMap<>();

  /** Returns the fault of the assertion; empty if it is valid. */
  Optional<String> objection(String jws, String clientId, PublicKey key) {
    String[] parts = jws.split("\\.", -1);
    if (parts.length != 3) {
      return Optional.of("client_assertion is no compact JWS");
    }
    try {
      return check(parts, clientId, key);
    } catch (IllegalArgumentException _) {
      return Optional.of("client_assertion is not base64url");
    } catch (GeneralSecurityException _) {
      return Optional.of("client_assertion has no usable signature");
    }
  }

  private Optional<String> check(String[] parts, String clientId, PublicKey key)
      throws GeneralSecurityException {
    ObjectNode header = Json.parse(decode(parts[0])).orElseGet(Json::object);
    ObjectNode claims = Json.parse(decode(parts[1])).orElseGet(Json::object);
    Instant now = Instant.now();
    Instant expiry = Instant.ofEpochSecond(claims.path("exp").asLong(0));
    if (!header.path("alg").asString("").equals("EdDSA")) {
      return Optional.of("alg must be EdDSA");
    } else if (!NONCE.matcher(header.path("nonce").asString("")).matches()) {
      return Optional.of("nonce must be 32 hex characters in the header");
    } else if (!signed(parts, key)) {
      return Optional.of("client_assertion has a wrong signature");
    } else if (!clientId.equals(claims.path("iss").asString(""))
        || !clientId.equals(claims.path("sub").asString(""))) {
      return Optional.of("iss and sub must be the client id");
    } else if (!namesHost(claims.path("aud"))) {
      return Optional.of("aud must be the bare host of the client id");
    } else if (!expiry.isAfter(now) || expiry.isAfter(now.plus(LONGEST_LIFE))) {
      return Optional.of("exp must lie within the next five minutes");
    } else if (Instant.ofEpochSecond(claims.path("nbf").asLong(0)).isAfter(now)) {
      return Optional.of("nbf must not lie in the future");
    }
    return spendNonce(header.path("nonce").asString(""), expiry, now);
  }

  private static boolean signed(String[] parts, PublicKey key) throws GeneralSecurityException {
    Signature signature = Signature.getInstance("Ed25519");
    signature.initVerify(key);
    signature.update((parts[0] + "." + parts[1]).getBytes(US_ASCII));
    return signature.verify(decode(parts[2]));
  }

  private static boolean namesHost(JsonNode audience) {
    JsonNode only = audience.isArray() && audience.size() == 1 ? audience.path(0) : audience;
    return only.isString() && only.asString().equals(ConductorOneClients.HOST);
  }

  private Optional<String> spendNonce(String nonce, Instant expiry, Instant now) {
    usedNonces.values().removeIf(until -> until.isBefore(now));
    return usedNonces.putIfAbsent(nonce, expiry) == null
        ? Optional.empty()
        : Optional.of("nonce was used before");
  }

  private static byte[] decode(String part) {
    return Base64.getUrlDecoder().decode(part);
  }
}
