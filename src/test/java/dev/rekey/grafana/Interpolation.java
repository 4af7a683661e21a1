package dev.rekey.grafana;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Replaces the variables in a text as Grafana's scenes do, before the data source gets the text. Of
 * Grafana's formats, it has those that are of use in a query for Rekey:
 *
 * <table>
 * <caption>Formats</caption>
 * <tr><td>none</td><td>the value; several as <code>{a,b}</code>, which Rekey refuses</td></tr>
 * <tr><td>{@code csv}</td><td>the values with commas between them</td></tr>
 * <tr><td>{@code customqueryparam:name}</td><td>{@code name=a&name=b}, each value encoded</td></tr>
 * <tr><td>{@code date:iso}, {@code date:seconds}</td><td>a time that is otherwise in
 * milliseconds</td></tr>
 * </table>
 *
 * All, if it has a text, is replaced by that text in each of these formats.
 */
record Interpolation(Map<String, Choice> choices, Instant from, Instant to, String timeZone) {

  // As VARIABLE_REGEX of Grafana's scenes, without paths into a value.
  private static final Pattern VARIABLE =
      Pattern.compile("\\$(\\w+)|\\[\\[(\\w+?)(?::(\\w+))?]]|\\$\\{(\\w+)(?::([^}]+))?}");

  private static final String CUSTOM_QUERY_PARAMETER = "customqueryparam";

  /** Throws an {@link UnsupportedBoard} for a variable or a format that is not known. */
  String replace(String text) {
    String replaced = VARIABLE.matcher(text).replaceAll(match -> quoted(value(match)));
    if (replaced.contains("${")) {
      throw new UnsupportedBoard("a variable that cannot be read in " + text);
    }
    return replaced;
  }

  private static String quoted(String text) {
    return text.replace("\\", "\\\\").replace("$", "\\$");
  }

  private String value(MatchResult match) {
    String name = firstOf(match, 1, 2, 4);
    String format = Objects.requireNonNullElse(firstOf(match, 3, 5), "");
    return switch (String.valueOf(name)) {
      case "__from" -> time(from, format);
      case "__to" -> time(to, format);
      case "__timezone" -> timeZone;
      default -> value(String.valueOf(name), format);
    };
  }

  private static @Nullable String firstOf(MatchResult match, int... groups) {
    for (int group : groups) {
      if (match.group(group) != null) {
        return match.group(group);
      }
    }
    return null;
  }

  private static String time(Instant time, String format) {
    return switch (format) {
      case "" -> Long.toString(time.toEpochMilli());
      case "date:iso" -> time.truncatedTo(ChronoUnit.MILLIS).toString();
      case "date:seconds" -> Long.toString(time.getEpochSecond());
      default -> throw new UnsupportedBoard("unknown format " + format + " of a time");
    };
  }

  private String value(String name, String format) {
    Choice choice = choices.get(name);
    if (choice == null) {
      throw new UnsupportedBoard("unknown variable " + name);
    }
    return switch (choice) {
      case Choice.All(String text) -> checked(format, text);
      case Choice.One(String value) -> format(name, format, List.of(value));
      case Choice.Some(List<String> values) -> format(name, format, values);
    };
  }

  private static String checked(String format, String text) {
    return format.isEmpty() || format.equals("csv") || isCustomQueryParameter(format)
        ? text
        : unknown(format);
  }

  private static String format(String name, String format, List<String> values) {
    if (isCustomQueryParameter(format)) {
      String parameter =
          format.length() > CUSTOM_QUERY_PARAMETER.length()
              ? format.substring(CUSTOM_QUERY_PARAMETER.length() + 1)
              : name;
      return values.stream()
          .map(value -> parameter + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8))
          .collect(Collectors.joining("&"));
    }
    return switch (format) {
      case "" -> values.size() == 1 ? values.getFirst() : "{" + String.join(",", values) + "}";
      case "csv" -> String.join(",", values);
      default -> unknown(format);
    };
  }

  private static boolean isCustomQueryParameter(String format) {
    return format.matches(CUSTOM_QUERY_PARAMETER + "(:\\w+)?");
  }

  private static String unknown(String format) {
    throw new UnsupportedBoard("unknown format " + format);
  }
}
