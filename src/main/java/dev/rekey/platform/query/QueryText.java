package dev.rekey.platform.query;

import dev.rekey.platform.Values;
import dev.rekey.platform.problem.ProblemException;
import dev.rekey.platform.problem.ProblemType;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Checks query parameters that several routes have. Null stays null; a malformed value is an {@code
 * invalid-parameter} problem.
 */
public final class QueryText {

  private static final Pattern NAME = Pattern.compile("\\P{Cntrl}{1,255}");

  private QueryText() {}

  /** Checks the names of actors or teams, which may contain commas; empty for null. */
  public static List<String> names(String parameter, @Nullable Values values) {
    List<String> names = values == null ? List.of() : values.sent();
    if (!names.stream().allMatch(name -> NAME.matcher(name).matches())) {
      throw invalid(
          parameter + " has to be 1 to 255 characters, none of them a control character.");
    }
    return names.stream().distinct().toList();
  }

  /** Reads Rekey's ids; empty for null. */
  public static List<UUID> ids(String parameter, @Nullable Values values) {
    try {
      return values == null ? List.of() : values.split().stream().map(UUID::fromString).toList();
    } catch (IllegalArgumentException e) {
      throw invalid(parameter + " has to be a UUID.");
    }
  }

  public static @Nullable Instant time(String parameter, @Nullable Instant time) {
    if (!SqlTime.isInRange(time)) {
      throw invalid(parameter + " has to lie in the years 1970 to 9999.");
    }
    return time;
  }

  /** Checks the ends of a range of time, both optional. The later one is exclusive. */
  public static TimeRange range(
      String after, @Nullable Instant from, String before, @Nullable Instant to) {
    var range = new TimeRange(time(after, from), time(before, to));
    if (from != null && to != null && !from.isBefore(to)) {
      throw invalid(after + " has to be before " + before + ".");
    }
    return range;
  }

  /** Reads one of some values by its {@code toString}, as {@link #anyOf} does. */
  public static <T> @Nullable T oneOf(String parameter, @Nullable String text, T[] known) {
    if (text == null) {
      return null;
    }
    return find(text, known)
        .orElseThrow(
            () -> invalid(parameter + " has to be one of " + Arrays.toString(known) + "."));
  }

  /**
   * Reads some of the known values by their {@code toString}, in any case, and with a hyphen for an
   * underscore or the reverse. Returns them in the order in which they are known; empty for null.
   */
  public static <T> List<T> anyOf(String parameter, @Nullable Values values, T[] known) {
    if (values == null) {
      return List.of();
    }
    Set<T> wanted = new HashSet<>();
    for (String text : values.split()) {
      wanted.add(
          find(text, known)
              .orElseThrow(
                  () ->
                      invalid(
                          parameter
                              + " has to be one or more of "
                              + Arrays.toString(known)
                              + ".")));
    }
    return Arrays.stream(known).filter(wanted::contains).toList();
  }

  private static <T> Optional<T> find(String text, T[] known) {
    String wanted = folded(text);
    return Arrays.stream(known)
        .filter(value -> folded(value.toString()).equals(wanted))
        .findFirst();
  }

  private static String folded(String text) {
    return text.toLowerCase(Locale.ROOT).replace('_', '-');
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
