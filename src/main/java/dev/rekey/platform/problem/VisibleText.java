package dev.rekey.platform.problem;

import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The short texts that a person types and others read. */
public final class VisibleText {

  /** Persian, Hindi and emoji need them between two letters. */
  private static final String JOINERS = "\u200c\u200d";

  /** The first letter of the scripts that have joiners. Latin, Greek and Cyrillic are before it. */
  private static final int FIRST_JOINED = 0x590;

  /** Letters and marks without a shape. */
  private static final String SHAPELESS = "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0";

  private VisibleText() {}

  /**
   * The text. Throws an {@code invalid-request} problem unless it is one line of characters that
   * are all seen, in the order in which they are stored.
   *
   * @param field the name of its field
   * @param maxLength in characters of Unicode
   */
  public static String required(String field, int maxLength, @Nullable String text) {
    if (text == null
        || text.isBlank()
        || text.codePointCount(0, text.length()) > maxLength
        || hidesSomething(text.codePoints().toArray())) {
      throw ProblemType.INVALID_REQUEST.with(
          "%s is required: 1 to %d visible characters in one line.".formatted(field, maxLength));
    }
    return text;
  }

  // An unpaired surrogate cannot be stored. Others of these hide text, or show it in another order.
  private static boolean hidesSomething(int[] text) {
    return IntStream.range(0, text.length)
        .anyMatch(
            i ->
                switch (Character.getType(text[i])) {
                  case Character.CONTROL,
                      Character.SURROGATE,
                      Character.LINE_SEPARATOR,
                      Character.PARAGRAPH_SEPARATOR ->
                      true;
                  case Character.FORMAT -> !isJoinerOfLetters(text, i);
                  default -> SHAPELESS.indexOf(text[i]) >= 0;
                });
  }

  private static boolean isJoinerOfLetters(int[] text, int i) {
    return JOINERS.indexOf(text[i]) >= 0
        && i > 0
        && i + 1 < text.length
        && hasJoiners(text[i - 1])
        && hasJoiners(text[i + 1]);
  }

  private static boolean hasJoiners(int letter) {
    return letter >= FIRST_JOINED
        && !Character.isWhitespace(letter)
        && Character.getType(letter) != Character.FORMAT;
  }
}
