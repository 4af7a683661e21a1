package dev.rekey.platform.query;

import java.util.function.IntUnaryOperator;

/**
 * The case of letters. PostgreSQL's {@code lower} changes only ASCII letters if the locale of the
 * database is C, so a search has to try other letters in both cases.
 */
public final class Letters {

  private Letters() {}

  public static boolean areAscii(String text) {
    return text.codePoints().allMatch(Letters::isAscii);
  }

  public static boolean isAscii(int letter) {
    return letter < 0x80;
  }

  /** The letter in upper case; itself if that is not only another case of it. */
  public static int upper(int letter) {
    int upper = Character.toUpperCase(letter);
    return Character.toLowerCase(upper) == Character.toLowerCase(letter) ? upper : letter;
  }

  /** Changes each letter. */
  public static String map(String text, IntUnaryOperator change) {
    return text.codePoints()
        .map(change)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
