package dev.rekey.console;

import dev.rekey.platform.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A filter. A person can choose several of its values.
 *
 * @param name the query parameter
 * @param title what people call it
 */
record Choice(String name, String title, List<Option> options) {

  /** A value, and whether it is chosen. */
  record Option(String value, String label, boolean isChosen) {}

  /** A filter by an enumeration. {@code sent} is null if the query does not have it. */
  static Choice of(String name, String title, @Nullable Values sent, Object[] known) {
    return of(
        name,
        title,
        sent == null ? List.of() : sent.split(),
        Arrays.stream(known).map(Object::toString).toList());
  }

  /** A filter by names, which may contain commas. */
  static Choice ofNames(String name, String title, @Nullable Values sent, List<String> known) {
    return of(name, title, sent == null ? List.of() : sent.sent(), known);
  }

  private static Choice of(String name, String title, List<String> sent, List<String> known) {
    var options = new ArrayList<Option>();
    Set<String> chosen =
        sent.stream().map(Choice::folded).collect(Collectors.toCollection(TreeSet::new));
    for (String value : known) {
      options.add(new Option(value, words(value), chosen.remove(folded(value))));
    }
    // A pattern or an exception, such as !RETIRED, which stays when another field changes.
    sent.stream()
        .filter(value -> chosen.contains(folded(value)))
        .forEach(value -> options.add(new Option(value, value, true)));
    return new Choice(name, title, List.copyOf(options));
  }

  public boolean isUsed() {
    return options.stream().anyMatch(Option::isChosen);
  }

  private static String folded(String value) {
    return value.toLowerCase(Locale.ROOT).replace('_', '-');
  }

  // The names of constants become words. Other names stay.
  private static String words(String value) {
    return value.equals(value.toUpperCase(Locale.ROOT))
        ? value.toLowerCase(Locale.ROOT).replace('_', ' ')
        : value;
  }
}
