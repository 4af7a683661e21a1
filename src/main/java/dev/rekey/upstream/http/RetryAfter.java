package dev.rekey.upstream.http;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Parses {@code Retry-After} in both forms (RFC 9110, 10.2.3). */
public final class RetryAfter {

  private RetryAfter() {}

  /** How long to wait, never negative; empty if the header is missing or malformed. */
  public static Optional<Duration> parse(@Nullable String header) {
    if (header == null) {
      return Optional.empty();
    }
    String text = header.strip();
    try {
      return Optional.of(
          text.chars().allMatch(Character::isDigit)
              ? Duration.ofSeconds(Long.parseLong(text))
              : until(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from)));
    } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static Duration until(Instant moment) {
    var wait = Duration.between(Instant.now(), moment);
    return wait.isNegative() ? Duration.ZERO : wait;
  }
}
