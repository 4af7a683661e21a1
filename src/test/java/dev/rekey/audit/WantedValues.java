package dev.rekey.audit;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The values of a filter as a request sends them, and the values of a field that they ask for. This
 * is a second implementation of the rules, without Rekey's code and without SQL.
 *
 * @param anyCase whether they match in any case, and with a hyphen for an underscore
 */
public record WantedValues(List<String> sent, boolean anyCase) {

  /** Whether they ask for this value; null for no value, which only {@code none} means. */
  public boolean include(@Nullable String value) {
    List<String> wanted = sent.stream().filter(each -> !isException(each)).toList();
    return (wanted.isEmpty() || wanted.stream().anyMatch(each -> matches(each, value)))
        && sent.stream()
            .filter(WantedValues::isException)
            .noneMatch(each -> matches(each.substring(1), value));
  }

  private boolean matches(String each, @Nullable String value) {
    if (value == null) {
      return each.equalsIgnoreCase("none");
    }
    return each.endsWith("*")
        ? folded(value).startsWith(folded(each.substring(0, each.length() - 1)))
        : folded(value).equals(folded(each));
  }

  private static boolean isException(String value) {
    return value.startsWith("!");
  }

  private String folded(String text) {
    return anyCase ? text.toLowerCase(Locale.ROOT).replace('_', '-') : text;
  }
}
