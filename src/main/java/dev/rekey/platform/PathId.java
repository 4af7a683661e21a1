package dev.rekey.platform;

import java.util.regex.Pattern;

/**
 * An upstream's opaque id that is safe as one segment of a URL path. No client or server can read
 * another segment or a dot segment in it.
 */
public record PathId(String value) {

  public static final String PATTERN = "[A-Za-z0-9._~@:+=-]{1,255}";

  private static final Pattern ALLOWED = Pattern.compile(PATTERN);

  /** Throws {@link IllegalArgumentException} if the value is unsafe, without repeating it. */
  public PathId {
    if (!isValid(value)) {
      throw new IllegalArgumentException("an id has to match " + PATTERN + " and not be . or ..");
    }
  }

  /** The id. Spring calls this to convert path variables. */
  public static PathId of(String value) {
    return new PathId(value);
  }

  /** Whether {@link #of} would accept the value. */
  public static boolean isValid(String value) {
    return ALLOWED.matcher(value).matches() && !value.equals(".") && !value.equals("..");
  }

  @Override
  public String toString() {
    return value;
  }
}
