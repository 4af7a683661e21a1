package sandbox.keycard;

import static java.time.ZoneOffset.UTC;

import java.time.Instant;
import java.time.format.DateTimeFormatter;

/** Formats times as Keycard does: UTC with milliseconds. */
final class KeycardTimes {
  private static final DateTimeFormatter MILLISECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(UTC);

  private KeycardTimes() {}

  static String text(Instant time) {
    return MILLISECONDS.format(time);
  }
}
