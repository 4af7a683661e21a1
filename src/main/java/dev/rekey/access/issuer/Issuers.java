package dev.rekey.access.issuer;

import com.github.benmanes.caffeine.cache.Ticker;
import com.nimbusds.jose.Algorithm;
import com.nimbusds.jwt.EncryptedJWT;
import com.nimbusds.jwt.JWT;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.JWTParser;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;

/** The trusted issuers. A token is verified by the issuer that it names, and by no other. */
public final class Issuers implements JwtDecoder {

  private final Map<String, Issuer> byUri;
  private final UnlistedIssuers unlisted;

  /** The keys are the exact values of {@code iss}. */
  Issuers(Map<String, Issuer> byUri, Ticker time) {
    this.byUri = Map.copyOf(byUri);
    this.unlisted = new UnlistedIssuers(this.byUri.keySet(), time);
  }

  /**
   * Verifies a token. Waits for the keys of its issuer if they are not known.
   *
   * @throws RefusedToken if it is not valid, with a reason for the caller
   * @throws org.springframework.security.oauth2.jwt.JwtException if its issuer's keys are
   *     unavailable
   */
  @Override
  public Jwt decode(String text) {
    SignedJWT token = parsed(text);
    JWTClaimsSet claims = claims(token);
    Issuer issuer = claims.getIssuer() == null ? null : byUri.get(claims.getIssuer());
    if (issuer == null) {
      throw unlisted.refusal(claims.getIssuer());
    }
    return issuer.verify(text, token, claims);
  }

  public Set<String> names() {
    return byUri.values().stream().map(Issuer::name).collect(Collectors.toUnmodifiableSet());
  }

  /** The issuer with a name; empty if there is none. */
  public Optional<Issuer> named(String name) {
    return byUri.values().stream().filter(issuer -> issuer.name().equals(name)).findFirst();
  }

  /** The issuer of a token that {@link #decode} returned. */
  public Issuer of(Jwt token) {
    return Objects.requireNonNull(byUri.get(token.getClaimAsString("iss")));
  }

  /** Fetches the keys of all issuers, so that new keys and algorithms work within a minute. */
  @Scheduled(fixedDelayString = "30s")
  public void refreshKeys() {
    try (ExecutorService each = Executors.newVirtualThreadPerTaskExecutor()) {
      byUri.values().forEach(issuer -> each.execute(issuer::refreshKeys));
    }
  }

  static SignedJWT parsed(String text) {
    JWT token;
    try {
      token = JWTParser.parse(text);
    } catch (ParseException | IllegalArgumentException _) {
      throw new RefusedToken("The access token is not a JWT.");
    }
    if (token instanceof SignedJWT signed) {
      return signed;
    }
    throw new RefusedToken(
        token instanceof EncryptedJWT
            ? "The access token is encrypted, which Rekey does not support."
            : "The access token is not signed: its alg is " + Algorithm.NONE + ".");
  }

  static JWTClaimsSet claims(SignedJWT token) {
    try {
      return token.getJWTClaimsSet();
    } catch (ParseException _) {
      throw new RefusedToken("The claims of the access token are malformed.");
    }
  }
}
