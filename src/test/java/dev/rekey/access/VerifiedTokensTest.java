package dev.rekey.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;

class VerifiedTokensTest {

  private static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");

  private final List<String> verifications = new ArrayList<>();
  private Duration passed = Duration.ZERO;
  private Duration lifetime = Duration.ofMinutes(5);
  private final VerifiedTokens tokens =
      new VerifiedTokens(this::verify, Clock.fixed(NOW, ZoneOffset.UTC), () -> passed.toNanos());

  @Test
  void validTokenIsVerifiedOnceAMinute() {
    Jwt first = tokens.decode("one");
    passed = Duration.ofSeconds(59);
    assertThat(tokens.decode("one")).isSameAs(first);
    assertThat(verifications).containsExactly("one");

    passed = Duration.ofSeconds(61);
    tokens.decode("one");
    assertThat(verifications).containsExactly("one", "one");
  }

  @Test
  void expiredTokenIsVerifiedAgain() {
    lifetime = Duration.ofSeconds(10);
    tokens.decode("short");
    passed = Duration.ofSeconds(11);
    tokens.decode("short");

    assertThat(verifications).containsExactly("short", "short");
  }

  @Test
  void tokenWithinTheClockSkewIsNotRemembered() {
    lifetime = Duration.ofSeconds(-30);
    tokens.decode("late");
    tokens.decode("late");

    assertThat(verifications).containsExactly("late", "late");
  }

  @Test
  void eachTokenIsVerified() {
    tokens.decode("one");
    tokens.decode("One");

    assertThat(verifications).containsExactly("one", "One");
  }

  @Test
  void refusalIsNotRemembered() {
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> tokens.decode("bad")).isInstanceOf(BadJwtException.class);
    }

    assertThat(verifications).containsExactly("bad", "bad");
  }

  private Jwt verify(String token) {
    verifications.add(token);
    if (token.equals("bad")) {
      throw new BadJwtException("not signed by the issuer");
    }
    return Jwt.withTokenValue(token)
        .header("alg", "RS256")
        .subject("a")
        .issuedAt(NOW.minusSeconds(60))
        .expiresAt(NOW.plus(lifetime))
        .build();
  }
}
