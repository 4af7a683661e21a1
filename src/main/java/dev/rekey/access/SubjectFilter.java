package dev.rekey.access;

import dev.rekey.platform.Values;
import dev.rekey.platform.query.Conditions;
import dev.rekey.platform.query.QueryText;
import dev.rekey.upstream.Upstreams;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The subjects that a request asks for: those that one of the alternatives matches, or all if there
 * is none, except those that an exception matches.
 */
public record SubjectFilter(List<Alternative> alternatives, List<Alternative> exceptions) {

  private static final String EXCEPT = "!";

  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._~@:+=/-]{1,600}\\*?");

  /** One subject by its canonical name, or all with a prefix. */
  public record Alternative(String start, boolean isPrefix) {

    private boolean matches(String subject) {
      return isPrefix ? subject.startsWith(start) : subject.equals(start);
    }

    private void addTo(List<String> conditions, Conditions where, String column, String name) {
      conditions.add(column + (isPrefix ? " like :" : " = :") + name);
      where.param(name, isPrefix ? start.replace("_", "\\_") + "%" : start);
    }

    /** As a request writes it. */
    @Override
    public String toString() {
      return isPrefix ? start + "*" : start;
    }
  }

  /**
   * Reads names, and prefixes with {@code *}, and exceptions with {@code !}. Throws an {@code
   * invalid-parameter} problem if one is malformed. Null for null.
   */
  public static @Nullable SubjectFilter of(Upstreams upstreams, @Nullable Values values) {
    return values == null
        ? null
        : new SubjectFilter(
            read(upstreams, values.split().stream().filter(text -> !text.startsWith(EXCEPT))),
            read(
                upstreams,
                values.split().stream()
                    .filter(text -> text.startsWith(EXCEPT))
                    .map(text -> text.substring(EXCEPT.length()))));
  }

  private static List<Alternative> read(Upstreams upstreams, Stream<String> texts) {
    return texts.map(text -> alternative(upstreams, text)).distinct().toList();
  }

  private static Alternative alternative(Upstreams upstreams, String text) {
    if (!FORM.matcher(text).matches()) {
      throw QueryText.invalid(
          "subject has to have the form apps/{appId}/connectors/{connectorId}, or the start of"
              + " that and *. A ! before it leaves these subjects out.");
    }
    String name = Objects.requireNonNull(upstreams.canonical(text));
    return name.endsWith("*")
        ? new Alternative(name.substring(0, name.length() - 1), true)
        : new Alternative(name, false);
  }

  /** Whether it names every subject that it asks for. */
  public boolean isWhole() {
    return !alternatives.isEmpty() && alternatives.stream().noneMatch(Alternative::isPrefix);
  }

  /** The prefixes of all names that match; whole names if {@link #isWhole}. */
  public List<String> starts() {
    return alternatives.isEmpty()
        ? List.of("")
        : alternatives.stream().map(Alternative::start).toList();
  }

  /** Whether it asks for this subject; false for null. */
  public boolean matches(@Nullable String subject) {
    return subject != null
        && (alternatives.isEmpty() || matchesOne(alternatives, subject))
        && !matchesOne(exceptions, subject);
  }

  private static boolean matchesOne(List<Alternative> of, String subject) {
    return of.stream().anyMatch(each -> each.matches(subject));
  }

  /** Adds the condition that a column names such a subject. */
  public void addTo(Conditions where, String column) {
    if (!alternatives.isEmpty()) {
      where.and(anyOf(alternatives, where, column, "subject"));
    }
    if (!exceptions.isEmpty()) {
      where.and("not " + anyOf(exceptions, where, column, "exception"));
    }
  }

  private static String anyOf(List<Alternative> of, Conditions where, String column, String name) {
    var conditions = new ArrayList<String>();
    IntStream.range(0, of.size())
        .forEach(i -> of.get(i).addTo(conditions, where, column, name + i));
    return conditions.size() == 1
        ? conditions.getFirst()
        : "(" + String.join(" or ", conditions) + ")";
  }

  /** As a request writes it. */
  @Override
  public String toString() {
    return Stream.concat(
            alternatives.stream().map(Alternative::toString),
            exceptions.stream().map(each -> EXCEPT + each))
        .collect(Collectors.joining(","));
  }
}
