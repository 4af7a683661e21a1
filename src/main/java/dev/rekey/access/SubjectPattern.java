package dev.rekey.access;

import dev.rekey.platform.query.Conditions;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.SubjectForm;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A set of subjects, written as a subject's name. In an id, {@code *} matches any text: {@code
 * apps/2f8/connectors/*}.
 */
public final class SubjectPattern {

  // Two pairs of collection and id. With these slashes fixed, a LIKE % cannot match one.
  private static final Pattern FORM =
      Pattern.compile("([a-z-]+)/[A-Za-z0-9._~@:+=*-]+/([a-z-]+)/[A-Za-z0-9._~@:+=*-]+");

  private final String text;
  private final Pattern regex;

  public SubjectPattern(String text) {
    var parts = FORM.matcher(text);
    if (!parts.matches() || !SubjectForm.exists(parts.group(1), parts.group(2))) {
      throw new IllegalArgumentException(
          "a subject has to have the form " + SubjectForm.all() + ", in which ids may hold *");
    }
    this.text = text;
    this.regex = Pattern.compile("\\Q" + text.replace("*", "\\E[^/]*\\Q") + "\\E");
  }

  public boolean matches(Subject subject) {
    return matches(subject.name());
  }

  boolean matches(String subject) {
    return regex.matcher(subject).matches();
  }

  /** Whether it matches exactly one subject. */
  boolean isSingle() {
    return !text.contains("*");
  }

  /** The common prefix of the names that it matches. */
  String prefix() {
    return text.split("\\*", 2)[0];
  }

  /** The same set as an SQL LIKE pattern, with {@code \} as the escape character. */
  public String like() {
    return text.replace("_", "\\_").replace("*", "%");
  }

  /**
   * The condition that a column matches one of these patterns; its parameters begin with the name.
   */
  public static String anyOf(
      List<SubjectPattern> patterns, Conditions where, String column, String name) {
    // PostgreSQL uses no index for "like any".
    var alternatives = new ArrayList<String>();
    for (SubjectPattern pattern : patterns) {
      String each = name + alternatives.size();
      alternatives.add(column + " like :" + each);
      where.param(each, pattern.like());
    }
    return alternatives.isEmpty() ? "false" : "(" + String.join(" or ", alternatives) + ")";
  }

  @Override
  public String toString() {
    return text;
  }
}
