package dev.rekey.platform.query;

import dev.rekey.platform.problem.ProblemException;
import dev.rekey.platform.problem.ProblemType;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Checks query parameters that several routes have. Null stays null; a malformed value is an {@code
 * invalid-parameter} problem.
 */
public final class QueryText {

  private static final Pattern NAME = Pattern.compile("\\P{Cntrl}{1,255}");

  private QueryText() {}

  /** Checks the name of an actor or a team. */
  public static @Nullable String name(String parameter, @Nullable String text) {
    if (text != null && !NAME.matcher(text).matches()) {
      throw invalid(
          parameter + " has to be 1 to 255 characters, none of them a control character.");
    }
    return text;
  }

  public static @Nullable Instant time(String parameter, @Nullable Instant time) {
    if (!SqlTime.isInRange(time)) {
      throw invalid(parameter + " has to lie in the years 1970 to 9999.");
    }
    return time;
  }

  /** Reads one of some values by its {@code toString}. */
  public static <T> @Nullable T oneOf(String parameter, @Nullable String text, T[] known) {
    if (text == null) {
      return null;
    }
    return Arrays.stream(known)
        .filter(value -> value.toString().equals(text))
        .findFirst()
        .orElseThrow(
            () -> invalid(parameter + " has to be one of " + Arrays.toString(known) + "."));
  }

  /** Reads a time zone; UTC for null. */
  public static ZoneId zone(String parameter, @Nullable String text) {
    try {
      return ZoneId.of(text == null ? "UTC" : text);
    } catch (DateTimeException e) {
      throw invalid(
          parameter + " has to be a zone such as Europe/Berlin, or an offset such as +05:30.");
    }
  }

  /** The problem of a malformed parameter, which the detail names. */
  public static ProblemException invalid(String detail) {
    return ProblemType.INVALID_PARAMETER.with(detail);
  }
}
