package dev.rekey.access.issuer;

import java.util.regex.Pattern;

/** Accepted values of {@code sub}: one value, in which {@code *} matches any text. */
public final class SubjectRule {

  // A key, such as repo: or project_path:, and the whole owner after it.
  private static final Pattern WITH_OWNER = Pattern.compile("[^*:/]+:[^*:/]+([:/].*)?");

  private final String text;
  private final Pattern regex;

  /** Throws if the text is blank. */
  public SubjectRule(String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException("a subject has to be a sub, in which * matches any text");
    }
    this.text = text;
    this.regex = Pattern.compile("\\Q" + text.replace("*", "\\E.*\\Q") + "\\E", Pattern.DOTALL);
  }

  boolean matches(String subject) {
    return regex.matcher(subject).matches();
  }

  /** Whether it accepts one owner only at an issuer of many: {@code repo:acme/*}. */
  public boolean namesAnOwner() {
    return WITH_OWNER.matcher(text).matches();
  }

  @Override
  public String toString() {
    return text;
  }
}
