package dev.rekey.console;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A fact of a finding's evidence, as people read it.
 *
 * @param label such as {@code last used at}
 * @param value a text of Rekey, an upstream or a caller
 * @param at the value as a time; null if it is none
 * @param link the page of the console that the value names; null if it names none
 */
record Evidence(String label, String value, @Nullable Instant at, @Nullable String link) {

  private static final Pattern CAPITAL = Pattern.compile("[A-Z]");

  /** The facts in the order of their names. A fact without a value is left out. */
  static List<Evidence> of(Map<String, @Nullable Object> facts) {
    return facts.entrySet().stream()
        .filter(fact -> fact.getValue() != null)
        .sorted(Map.Entry.comparingByKey())
        .map(fact -> fact(fact.getKey(), String.valueOf(fact.getValue())))
        .toList();
  }

  private static Evidence fact(String name, String value) {
    return new Evidence(
        CAPITAL
            .matcher(name.replace("Id", ""))
            .replaceAll(capital -> " " + capital.group().toLowerCase(Locale.ROOT)),
        value,
        time(value),
        switch (name) {
          case "rotationId" -> RotationsPage.PATH + "/" + value;
          case "oldest", "newest" -> "/console/credentials/" + value;
          default -> null;
        });
  }

  private static @Nullable Instant time(String value) {
    try {
      return Instant.parse(value);
    } catch (DateTimeParseException _) {
      return null;
    }
  }
}
