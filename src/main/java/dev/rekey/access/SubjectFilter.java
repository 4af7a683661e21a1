package dev.rekey.access;

import dev.rekey.platform.query.Conditions;
import dev.rekey.platform.query.QueryText;
import dev.rekey.upstream.Upstreams;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The subjects that a request asks for: one by its canonical name, or all with a prefix. */
public record SubjectFilter(String start, boolean isPrefix) {

  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._~@:+=/-]{1,600}\\*?");

  /** Reads a name, or a prefix and {@code *}; throws a problem if malformed. Null for null. */
  public static @Nullable SubjectFilter of(Upstreams upstreams, @Nullable String text) {
    if (text != null && !FORM.matcher(text).matches()) {
      throw QueryText.invalid(
          "subject has to look like apps/{appId}/connectors/{connectorId}, or like the start of"
              + " that and *.");
    }
    String name = upstreams.canonical(text);
    if (name == null) {
      return null;
    }
    return name.endsWith("*")
        ? new SubjectFilter(name.substring(0, name.length() - 1), true)
        : new SubjectFilter(name, false);
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
    return isPrefix ? start + "*" : start;
  }
}
