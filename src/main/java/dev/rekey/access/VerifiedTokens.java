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
 * Does not verify a token again that was found good within the last minute. It knows tokens by
 * their hashes, and none for longer than it lives.
 */
final class VerifiedTokens implements JwtDecoder {

  /** So long a key counts that its issuer has withdrawn. */
  static final Duration MEMORY = Duration.ofMinutes(1);

  private static final int MOST = 10_000;

  private final JwtDecoder verifier;
  private final Cache<String, Jwt> verified;

  VerifiedTokens(JwtDecoder verifier) {
    this(verifier, Clock.systemUTC(), Ticker.systemTicker());
  }

  VerifiedTokens(JwtDecoder verifier, Clock clock, Ticker ticker) {
    this.verifier = verifier;
    this.verified =
        Caffeine.newBuilder()
            .maximumSize(MOST)
            .ticker(ticker)
            .expireAfter(Expiry.<String, Jwt>writing((_, token) -> memory(token, clock)))
            .build();
  }

  private static Duration memory(Jwt token, Clock clock) {
    Instant end = token.getExpiresAt();
    Duration left = end == null ? Duration.ZERO : Duration.between(clock.instant(), end);
    return left.isNegative() ? Duration.ZERO : left.compareTo(MEMORY) < 0 ? left : MEMORY;
  }

  @Override
  public Jwt decode(String token) {
    String hash = Sha256.hex(token);
    Jwt known = verified.getIfPresent(hash);
    if (known != null) {
      return known;
    }
    Jwt good = verifier.decode(token);
    verified.put(hash, good);
    return good;
  }
}
