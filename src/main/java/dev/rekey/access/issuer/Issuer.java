package dev.rekey.access.issuer;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.util.CollectionUtils;

/** A trusted issuer: verifies its tokens with its keys, and says who their callers are. */
public final class Issuer {

  /** The name of the issuer whose callers and teams are recorded without a prefix. */
  public static final String DEFAULT = "default";

  // RFC 9068 and RFC 7519. Others, such as logout+jwt, are no access tokens.
  private static final Set<String> TYPES =
      Set.of("jwt", "at+jwt", "application/at+jwt", "application/jwt");

  private final String name;
  private final String uri;
  private final Set<String> algorithms;
  private final KeySource keys;
  private final TokenRules rules;

  /** Accepts every asymmetric algorithm if the set is empty. */
  Issuer(String name, String uri, Set<String> algorithms, KeySource keys, TokenRules rules) {
    this.name = name;
    this.uri = uri;
    this.algorithms = Set.copyOf(algorithms);
    this.keys = keys;
    this.rules = rules;
  }

  public String name() {
    return name;
  }

  /** The {@code iss} of its tokens. */
  public String uri() {
    return uri;
  }

  /**
   * Verifies the signature of an ID token, which is no access token. The caller checks its claims.
   *
   * @throws RefusedToken if the signature is not the issuer's
   * @throws org.springframework.security.oauth2.jwt.JwtException if the keys are unavailable
   */
  public Jwt signed(String text) {
    SignedJWT token = Issuers.parsed(text);
    checkHeader(token.getHeader());
    checkSignature(token);
    return jwt(text, token.getHeader(), Issuers.claims(token));
  }

  /** Identifies the caller among those of all issuers. */
  public String principal(Jwt token) {
    return qualified(name, Objects.requireNonNull(rules.claims().subject(token)));
  }

  /** The teams, each as {@link #team} writes it. Empty if the token names none. */
  public List<String> teams(Jwt token) {
    return rules.claims().teams(token).stream()
        .filter(team -> !rules.isReserved(team))
        .map(team -> qualified(name, team))
        .toList();
  }

  void refreshKeys() {
    keys.refresh();
  }

  public Set<String> scopes(Jwt token) {
    return rules.claims().scopes(token);
  }

  /** Whether a person got the token; false if the settings do not say how to know. */
  public boolean isPerson(Jwt token) {
    return rules.claims().isPerson(token);
  }

  /** Null if no claim names the client. */
  public @Nullable String clientId(Jwt token) {
    return rules.claims().clientId(token);
  }

  /** Identifies a team among those of all issuers, by an issuer's name and the team's name. */
  public static String team(String issuer, String team) {
    return qualified(issuer, ClaimMapping.withoutSlash(team));
  }

  // Names of issuers contain no colon, and TokenRules keeps their prefixes from the default issuer.
  private static String qualified(String issuer, String text) {
    return issuer.equals(DEFAULT) ? text : issuer + ":" + text;
  }

  /**
   * Throws a {@link RefusedToken}, or a {@code JwtException} if the keys are unavailable.
   *
   * @param text the token as it was sent
   */
  Jwt verify(String text, SignedJWT token, JWTClaimsSet claims) {
    checkHeader(token.getHeader());
    checkSignature(token);
    Jwt verified = jwt(text, token.getHeader(), claims);
    rules.check(verified);
    return verified;
  }

  private void checkHeader(JWSHeader header) {
    JWSAlgorithm algorithm = header.getAlgorithm();
    if (!Signatures.isAsymmetric(algorithm)
        || !(algorithms.isEmpty() || algorithms.contains(algorithm.getName()))) {
      throw new RefusedToken("Rekey does not accept the alg of the access token from its issuer.");
    }
    if (header.getType() != null
        && !TYPES.contains(header.getType().getType().toLowerCase(Locale.ROOT))) {
      throw new RefusedToken("The typ of the token is not that of an access token: JWT or at+jwt.");
    }
    if (!CollectionUtils.isEmpty(header.getCriticalParams())) {
      throw new RefusedToken("The access token has a crit header, which Rekey does not know.");
    }
  }

  private void checkSignature(SignedJWT token) {
    List<JWK> candidates = keys.find(new JWKSelector(JWKMatcher.forJWSHeader(token.getHeader())));
    if (candidates.isEmpty()) {
      throw new RefusedToken("The issuer of the access token has no key with its kid and alg.");
    }
    if (candidates.stream().noneMatch(key -> Signatures.isSignedBy(token, key))) {
      throw new RefusedToken("The signature of the access token is not its issuer's.");
    }
  }

  private static Jwt jwt(String text, JWSHeader header, JWTClaimsSet claims) {
    var jwt = Jwt.withTokenValue(text).headers(all -> all.putAll(header.toJSONObject()));
    for (Map.Entry<String, @Nullable Object> claim : claims.getClaims().entrySet()) {
      Object value = claim.getValue();
      if (value != null) {
        jwt.claim(claim.getKey(), value instanceof Date date ? date.toInstant() : value);
      }
    }
    jwt.audience(claims.getAudience());
    try {
      return jwt.build();
    } catch (IllegalArgumentException _) {
      throw new RefusedToken("The exp of the access token is not after its iat.");
    }
  }
}
