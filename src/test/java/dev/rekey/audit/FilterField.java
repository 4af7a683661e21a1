package dev.rekey.audit;

import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A field that events, rotations or credentials are filtered by.
 *
 * @param name of the query parameter
 * @param values that it has
 * @param forms in which a request may send a value, other than as it is
 */
public record FilterField(String name, List<String> values, Set<Form> forms) {

  /** A form of values in a request. */
  public enum Form {
    /** {@code !x}: all except this. */
    EXCEPT,
    /** {@code x*}: all that begin with this. */
    PREFIX,
    /** {@code none}: no value. */
    NONE,
    /** In upper case. */
    ANY_CASE,
    /** Several values with commas between them; without this, as several parameters. */
    COMMAS
  }

  /** One to three values in random forms, which ask for at least one of this field's values. */
  WantedValues some(Random random) {
    WantedValues some;
    do {
      List<String> sent =
          Stream.generate(() -> form(random)).limit(1 + random.nextInt(3)).distinct().toList();
      some = new WantedValues(sent, forms.contains(Form.ANY_CASE));
    } while (values.stream().noneMatch(some::include));
    return some;
  }

  private String form(Random random) {
    String value = values.get(random.nextInt(values.size()));
    if (forms.contains(Form.NONE) && random.nextInt(5) == 0) {
      value = "none";
    } else if (forms.contains(Form.PREFIX) && random.nextInt(3) == 0) {
      value = value.substring(0, 1 + random.nextInt(value.length())) + "*";
    }
    if (forms.contains(Form.ANY_CASE) && random.nextInt(4) == 0) {
      value = value.toUpperCase(Locale.ROOT);
    }
    return forms.contains(Form.EXCEPT) && random.nextInt(3) == 0 ? "!" + value : value;
  }

  /** The parameters of a request. */
  List<String> parameters(WantedValues wanted) {
    return forms.contains(Form.COMMAS) ? List.of(String.join(",", wanted.sent())) : wanted.sent();
  }

  /** Whether the filter asks for something with this value. No filter asks for no subject. */
  boolean isMet(WantedValues wanted, @Nullable String value) {
    return !(name.equals("subject") && value == null) && wanted.include(value);
  }
}
