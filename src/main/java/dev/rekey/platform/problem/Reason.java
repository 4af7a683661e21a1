package dev.rekey.platform.problem;

import org.jspecify.annotations.Nullable;

/** The reason that a person gives for a decision. */
public final class Reason {

  private static final int MAX_LENGTH = 500;

  /** Persian and other languages are written with it. */
  private static final int ZERO_WIDTH_NON_JOINER = 0x200C;

  /** Emoji are composed with it. */
  private static final int ZERO_WIDTH_JOINER = 0x200D;

  private Reason() {}

  /** The text; throws an {@code invalid-request} problem unless it is one line of visible text. */
  public static String required(@Nullable String text) {
    if (text == null
        || text.isBlank()
        || text.codePointCount(0, text.length()) > MAX_LENGTH
        || text.codePoints().anyMatch(Reason::isNotShown)) {
      throw ProblemType.INVALID_REQUEST.with(
          "reason is required: 1 to " + MAX_LENGTH + " visible characters in one line.");
    }
    return text;
  }

  // An unpaired surrogate cannot be stored. Others of these hide text, or show it in another order.
  private static boolean isNotShown(int letter) {
    return switch (Character.getType(letter)) {
      case Character.CONTROL,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      case Character.FORMAT -> letter != ZERO_WIDTH_NON_JOINER && letter != ZERO_WIDTH_JOINER;
      default -> false;
    };
  }
}
