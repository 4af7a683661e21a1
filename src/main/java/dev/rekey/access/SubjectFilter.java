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
import org.jspecify.annotations.Nullable;

/** The subjects that a request asks for: those that one of the alternatives matches. */
public record SubjectFilter(List<Alternative> alternatives) {

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
   * Reads names, and prefixes with {@code *}; throws an {@code invalid-parameter} problem if one is
   * malformed. Null for null.
   */
  public static @Nullable SubjectFilter of(Upstreams upstreams, @Nullable Values values) {
    return values == null
        ? null
        : new SubjectFilter(
            values.split().stream().map(text -> alternative(upstreams, text)).distinct().toList());
  }

  private static Alternative alternative(Upstreams upstreams, String text) {
    if (!FORM.matcher(text).matches()) {
      throw QueryText.invalid(
          "subject has to have the form apps/{appId}/connectors/{connectorId}, or the start of"
              + " that and *.");
    }
    String name = Objects.requireNonNull(upstreams.canonical(text));
    return name.endsWith("*")
        ? new Alternative(name.substring(0, name.length() - 1), true)
        : new Alternative(name, false);
  }

  /** Whether it names every subject that it asks for. */
  public boolean isWhole() {
    return alternatives.stream().noneMatch(Alternative::isPrefix);
  }

  /** The prefixes of all names that match; whole names if {@link #isWhole}. */
  public List<String> starts() {
    return alternatives.stream().map(Alternative::start).toList();
  }

  /** Whether it asks for this subject; false for null. */
  public boolean matches(@Nullable String subject) {
    return subject != null && alternatives.stream().anyMatch(each -> each.matches(subject));
  }

  /** Adds the condition that a column names such a subject. */
  public void addTo(Conditions where, String column) {
    var conditions = new ArrayList<String>();
    IntStream.range(0, alternatives.size())
        .forEach(i -> alternatives.get(i).addTo(conditions, where, column, "subject" + i));
    where.and(
        conditions.size() == 1
            ? conditions.getFirst()
            : "(" + String.join(" or ", conditions) + ")");
  }

  /** As a request writes it. */
  @Override
  public String toString() {
    return alternatives.stream().map(Alternative::toString).collect(Collectors.joining(","));
  }
}
