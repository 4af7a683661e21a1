package dev.rekey.access;

import dev.rekey.platform.query.Conditions;
import dev.rekey.platform.query.QueryText;
import dev.rekey.upstream.Upstreams;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The subjects that a request asks for: one subject, or all whose names have a prefix.
 *
 * @param start the subject's canonical name, or the prefix
 */
public record SubjectFilter(String start, boolean isPrefix) {

  private static final String ANY_REST = "*";
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._~@:+=/-]{1,600}\\*?");

  /**
   * Reads a query parameter; throws an {@code invalid-parameter} problem if it is malformed.
   *
   * @param text a name, or a prefix and {@code *}; null for null
   */
  public static @Nullable SubjectFilter of(Upstreams upstreams, @Nullable String text) {
    if (text != null && !FORM.matcher(text).matches()) {
      throw QueryText.invalid(
          "subject has to look like apps/{appId}/connectors/{connectorId}, or like the start of"
              + " that and *.");
    }
    String canonical = upstreams.canonical(text);
    return canonical == null ? null : of(canonical);
  }

  private static SubjectFilter of(String canonical) {
    boolean isPrefix = canonical.endsWith(ANY_REST);
    int length = canonical.length() - (isPrefix ? ANY_REST.length() : 0);
    return new SubjectFilter(canonical.substring(0, length), isPrefix);
  }

  /** Whether it asks for this subject; false for null. */
  public boolean matches(@Nullable String subject) {
    return subject != null && (isPrefix ? subject.startsWith(start) : subject.equals(start));
  }

  /** Adds the condition that a column names such a subject. */
  public void addTo(Conditions where, String column) {
    if (isPrefix) {
      where.and(column + " like :subject", "subject", start.replace("_", "\\_") + "%");
    } else {
      where.and(column + " = :subject", "subject", start);
    }
  }

  /** As a request writes it. */
  @Override
  public String toString() {
    return isPrefix ? start + ANY_REST : start;
  }
}
