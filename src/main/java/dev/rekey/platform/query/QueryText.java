package dev.rekey.platform.query;

import static java.util.stream.Collectors.toUnmodifiableMap;

import dev.rekey.platform.Values;
import dev.rekey.platform.problem.ProblemException;
import dev.rekey.platform.problem.ProblemType;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Checks query parameters that several routes have. Null stays null; a malformed value is an {@code
 * invalid-parameter} problem.
 */
public final class QueryText {

  private static final Map<String, String> ZONES =
      Stream.concat(ZoneId.getAvailableZoneIds().stream(), ZoneId.SHORT_IDS.keySet().stream())
          .collect(
              toUnmodifiableMap(name -> name.toLowerCase(Locale.ROOT), name -> name, (a, _) -> a));

  private QueryText() {}

  /** Reads the names of teams, which may contain commas and cannot be left out; empty for null. */
  public static List<String> names(String parameter, @Nullable Values values) {
    Selection<String> names = Selection.names(parameter, values);
    if (names.isExcept()) {
      throw invalid(parameter + " has to name what is wanted; a ! cannot leave out a name here.");
    }
    return names.values();
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
   * Reads some of the known values, as {@link Selection#anyOf} does. Returns them in the order in
   * which they are known; empty for null.
   */
  public static <T> List<T> anyOf(String parameter, @Nullable Values values, T[] known) {
    Selection<T> wanted = Selection.anyOf(parameter, values, known);
    List<T> found = wanted.isAny() ? List.of() : wanted.among(Arrays.asList(known));
    if (found.isEmpty() && !wanted.isAny()) {
      throw invalid(parameter + " leaves out every value.");
    }
    return found;
  }

  /** Reads some of the known values by their names only. */
  static <T> Set<T> eachOf(String parameter, Values values, T[] known) {
    return values.split().stream()
        .map(
            text ->
                find(text, known)
                    .orElseThrow(
                        () ->
                            invalid(
                                parameter
                                    + " has to be one or more of "
                                    + Arrays.toString(known)
                                    + ".")))
        .collect(Collectors.toUnmodifiableSet());
  }

  private static <T> Optional<T> find(String text, T[] known) {
    String wanted = folded(text);
    return Arrays.stream(known)
        .filter(value -> folded(value.toString()).equals(wanted))
        .findFirst();
  }

  static String folded(String text) {
    return text.toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Reads a time zone by its name in any case, its short name or its offset; UTC for null. */
  public static ZoneId zone(String parameter, @Nullable String text) {
    String name = text == null ? "UTC" : text;
    try {
      return ZoneId.of(
          ZONES.getOrDefault(name.toLowerCase(Locale.ROOT), name.toUpperCase(Locale.ROOT)),
          ZoneId.SHORT_IDS);
    } catch (DateTimeException e) {
      throw invalid(
          parameter
              + " has to be a zone such as Europe/Berlin, or an offset such as +05:30, whose + is"
              + " sent as %2B. Only a dashboard knows the zones browser, default and local; choose"
              + " a zone there.");
    }
  }

  /** The problem of a malformed parameter, which the detail names. */
  public static ProblemException invalid(String detail) {
    return ProblemType.INVALID_PARAMETER.with(detail);
  }
}
