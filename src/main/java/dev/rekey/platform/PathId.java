package dev.rekey.platform;

import java.util.regex.Pattern;

/**
 * An upstream's opaque id that is safe as one segment of a URL path: it can neither add a segment
 * nor climb out of one, whatever client or server reads it.
 */
public record PathId(String value) {

  public static final String PATTERN = "[A-Za-z0-9._~@:+=-]{1,255}";

  private static final Pattern ALLOWED = Pattern.compile(PATTERN);

  /** Throws {@link IllegalArgumentException}, which does not repeat the value, if it is unsafe. */
  public PathId {
    if (!isValid(value)) {
      throw new IllegalArgumentException("an id has to match " + PATTERN + " and not be . or ..");
    }
  }

  /** The id; also found by Spring when it converts path variables. */
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
