package dev.rekey.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.rekey.platform.crypto.Sha256;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;

/**
 * Remembers for a minute that a token is valid, but not beyond its expiry. Keeps tokens' hashes
 * only.
 */
final class VerifiedTokens implements JwtDecoder {

  /** A key that its issuer has withdrawn stays in use for this long. */
  static final Duration MEMORY = Duration.ofMinutes(1);

  private static final int MAX_TOKENS = 10_000;

  private final JwtDecoder verifier;
  private final Cache<String, Jwt> verified;

  VerifiedTokens(JwtDecoder verifier) {
    this(verifier, Clock.systemUTC(), Ticker.systemTicker());
  }

  VerifiedTokens(JwtDecoder verifier, Clock clock, Ticker ticker) {
    this.verifier = verifier;
    this.verified =
        Caffeine.newBuilder()
            .maximumSize(MAX_TOKENS)
            .ticker(ticker)
            .expireAfter(Expiry.<String, Jwt>writing((_, token) -> memory(token, clock)))
            .build();
  }

  private static Duration memory(Jwt token, Clock clock) {
    Instant expiry = token.getExpiresAt();
    Duration left = expiry == null ? Duration.ZERO : Duration.between(clock.instant(), expiry);
    return left.isNegative() ? Duration.ZERO : left.compareTo(MEMORY) < 0 ? left : MEMORY;
  }

  @Override
  public Jwt decode(String token) {
    String hash = Sha256.hex(token);
    Jwt known = verified.getIfPresent(hash);
    if (known != null) {
      return known;
    }
    Jwt valid = verifier.decode(token);
    verified.put(hash, valid);
    return valid;
  }
}
