package dev.rekey.platform.query;

import dev.rekey.platform.Values;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The values of a field that a request asks for. In a request, {@code !x} means all except x, and
 * the values of an enumeration have two more forms: {@code x*} means all that begin with x, and
 * {@code none} means no value.
 *
 * @param values in a fixed order, so that equal requests are equal
 * @param none whether no value is one of the values
 * @param isExcept whether the request asks for all except the values
 */
public record Selection<T>(List<T> values, boolean none, boolean isExcept) {

  private static final Pattern NAME = Pattern.compile("\\P{Cntrl}{1,255}");
  private static final String EXCEPT = "!";
  private static final String NONE = "none";
  private static final String ANY_REST = "*";

  /** One of these values; any value if there is none. */
  public static <T> Selection<T> of(List<T> values) {
    return new Selection<>(values, false, false);
  }

  /**
   * Reads values by the {@code toString} of those that are known, in any case, and with a hyphen
   * for an underscore or the reverse. Throws an {@code invalid-parameter} problem for any other.
   */
  public static <T> Selection<T> anyOf(String parameter, @Nullable Values values, T[] known) {
    return read(
        parameter,
        values == null ? List.of() : values.split(),
        text -> found(parameter, text, known, ""),
        Arrays.asList(known));
  }

  /** Same, for a field that may have no value. */
  public static <T> Selection<T> anyOfOrNone(String parameter, @Nullable Values values, T[] known) {
    return read(
        parameter,
        values == null ? List.of() : values.split(),
        text ->
            text.equalsIgnoreCase(NONE)
                ? List.of(Optional.empty())
                : found(parameter, text, known, ", or none for no value"),
        Arrays.asList(known));
  }

  /**
   * Reads the names of actors or teams, which may contain commas. Throws an {@code
   * invalid-parameter} problem if one is malformed.
   */
  public static Selection<String> names(String parameter, @Nullable Values values) {
    return texts(
        values == null ? List.of() : values.sent(),
        parameter,
        NAME,
        "1 to 255 characters, none of them a control character");
  }

  /** Reads texts of a form, which a problem describes. */
  public static Selection<String> texts(
      List<String> sent, String parameter, Pattern form, String description) {
    return read(
        parameter,
        sent,
        text -> {
          if (!form.matcher(text).matches()) {
            throw QueryText.invalid(parameter + " has to be " + description + ".");
          }
          return List.of(Optional.of(text));
        },
        List.of());
  }

  /**
   * The known texts that begin as a text which ends with {@code *}, each with its {@code !}; the
   * text itself if it does not, or if there are none.
   */
  public static Stream<String> withStart(String text, Collection<String> known) {
    String except = text.startsWith(EXCEPT) ? EXCEPT : "";
    List<String> found =
        known.stream()
            .map(except::concat)
            .filter(each -> text.endsWith(ANY_REST) && matches(each, text))
            .toList();
    return found.isEmpty() ? Stream.of(text) : found.stream();
  }

  private static <T> Selection<T> read(
      String parameter,
      List<String> sent,
      Function<String, List<Optional<T>>> parse,
      List<T> order) {
    var wanted = new LinkedHashSet<Optional<T>>();
    var unwanted = new LinkedHashSet<Optional<T>>();
    for (String text : sent) {
      if (text.startsWith(EXCEPT)) {
        unwanted.addAll(parse.apply(text.substring(EXCEPT.length())));
      } else {
        wanted.addAll(parse.apply(text));
      }
    }
    boolean isExcept = wanted.isEmpty() && !unwanted.isEmpty();
    wanted.removeAll(unwanted);
    if (wanted.isEmpty() && !isExcept && !sent.isEmpty()) {
      throw QueryText.invalid(parameter + " leaves out everything that it asks for.");
    }
    return of(isExcept ? unwanted : wanted, order, isExcept);
  }

  private static <T> Selection<T> of(Set<Optional<T>> values, List<T> order, boolean isExcept) {
    List<T> present = values.stream().flatMap(Optional::stream).toList();
    return new Selection<>(
        order.isEmpty() ? present : order.stream().filter(present::contains).toList(),
        values.contains(Optional.<T>empty()),
        isExcept);
  }

  private static <T> List<Optional<T>> found(
      String parameter, String text, T[] known, String alsoKnown) {
    String wanted = QueryText.folded(text);
    List<Optional<T>> found =
        Arrays.stream(known)
            .filter(value -> matches(QueryText.folded(value.toString()), wanted))
            .map(Optional::of)
            .toList();
    if (found.isEmpty()) {
      throw QueryText.invalid(
          parameter
              + " has to be one or more of "
              + Arrays.toString(known)
              + alsoKnown
              + ". A ! before a value leaves it out, and a * after a prefix stands for any rest.");
    }
    return found;
  }

  private static boolean matches(String value, String wanted) {
    return wanted.endsWith(ANY_REST)
        ? value.startsWith(wanted.substring(0, wanted.length() - 1))
        : value.equals(wanted);
  }

  /** Whether it does not restrict the field. */
  public boolean isAny() {
    return values.isEmpty() && !none;
  }

  /** Whether it asks for values that are named, not for all others. */
  public boolean isNamed() {
    return !isAny() && !isExcept;
  }

  /** Whether it asks for this value; null for no value. */
  public boolean includes(@Nullable T value) {
    return isAny() || (value == null ? none : values.contains(value)) != isExcept;
  }

  /** Those of all values that it asks for. */
  public List<T> among(List<T> all) {
    return all.stream().filter(this::includes).toList();
  }

  /**
   * Adds the condition that it asks for a column's value.
   *
   * @param name of the SQL parameter
   */
  public void addTo(Conditions where, String column, String name) {
    if (isAny()) {
      return;
    }
    if (values.isEmpty()) {
      where.and(column + (isExcept ? " is not null" : " is null"));
      return;
    }
    String compared = compared(column, name);
    // No value is neither equal to a value nor different from it.
    where.and(none == isExcept ? compared : "(" + compared + " or " + column + " is null)");
    where.param(name, values.size() == 1 ? parameter(values.getFirst()) : array());
  }

  // One value as such, so that PostgreSQL reads its rows in the order of an index.
  private String compared(String column, String name) {
    return values.size() == 1
        ? column + (isExcept ? " <> :" : " = :") + name
        : column + (isExcept ? " <> all (:" : " = any (:") + name + ")";
  }

  private static Object parameter(Object value) {
    return value instanceof UUID ? value : value.toString();
  }

  private Object[] array() {
    return values.getFirst() instanceof UUID
        ? values.toArray(UUID[]::new)
        : values.stream().map(Object::toString).toArray(String[]::new);
  }

  /** As a request writes it. */
  @Override
  public String toString() {
    return Stream.concat(
            values.stream().map(Object::toString), none ? Stream.of(NONE) : Stream.of())
        .map(value -> isExcept ? EXCEPT + value : value)
        .collect(Collectors.joining(","));
  }
}
