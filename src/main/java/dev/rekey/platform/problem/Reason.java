package dev.rekey.platform.problem;

import org.jspecify.annotations.Nullable;

/** The reason that a person gives for a decision. */
public final class Reason {

  private static final int MAX_LENGTH = 500;

  private Reason() {}

  /**
   * The text; throws an {@code invalid-request} problem unless it is one line that says something.
   */
  public static String required(@Nullable String text) {
    if (text == null
        || text.isBlank()
        || text.codePointCount(0, text.length()) > MAX_LENGTH
        || text.codePoints().anyMatch(Reason::breaksTheLine)) {
      throw ProblemType.INVALID_REQUEST.with(
          "reason is required: 1 to " + MAX_LENGTH + " characters in one line.");
    }
    return text;
  }

  // An unpaired surrogate cannot be stored.
  private static boolean breaksTheLine(int letter) {
    return switch (Character.getType(letter)) {
      case Character.CONTROL,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }
}
