package dev.rekey.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Rewrites a query as the API wants it. A browser sends the empty fields of a form, too, and a date
 * or a time without its zone, which is UTC in the console.
 */
final class FormQuery {

  private static final Set<String> TIMES = Set.of("from", "to", "notUsedSince");

  private static final Pattern DATE = Pattern.compile("\\d{4}-\\d\\d-\\d\\d");
  private static final Pattern MINUTE = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d");
  private static final Pattern SECOND =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,6})?");

  private FormQuery() {}

  /** The same query if nothing has to change, so that a redirect to it ends. */
  static String rewritten(String query) {
    return Arrays.stream(query.split("&", -1))
        .map(FormQuery::parameter)
        .filter(parameter -> !parameter.isEmpty())
        .collect(Collectors.joining("&"));
  }

  /** Empty for a parameter without a value. */
  private static String parameter(String sent) {
    int equals = sent.indexOf('=');
    String value = equals < 0 ? "" : decoded(sent.substring(equals + 1));
    if (value.isBlank()) {
      return "";
    }
    String time = isTime(sent.substring(0, equals)) ? utc(value) : value;
    return time.equals(value)
        ? sent
        : sent.substring(0, equals + 1) + URLEncoder.encode(time, UTF_8);
  }

  /** Whether a parameter of the API has a time. */
  private static boolean isTime(String name) {
    return TIMES.contains(name) || name.endsWith("After") || name.endsWith("Before");
  }

  /** A date or a time without its zone, with UTC; any other value as it is. */
  static String utc(String value) {
    if (DATE.matcher(value).matches()) {
      return value + "T00:00:00Z";
    }
    if (MINUTE.matcher(value).matches()) {
      return value + ":00Z";
    }
    return SECOND.matcher(value).matches() ? value + "Z" : value;
  }

  // The API responds to a value that it cannot decode.
  private static String decoded(String value) {
    try {
      return URLDecoder.decode(value, UTF_8);
    } catch (IllegalArgumentException _) {
      return value;
    }
  }
}
