package dev.rekey.platform.query;

import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The spellings of letters. A database stores text as it was sent: composed (NFC) or decomposed
 * (NFD). PostgreSQL's {@code lower} changes only ASCII letters if the locale of the database is C.
 * So a search has to try other letters in both forms and cases.
 */
public final class Letters {

  /** Letters that are one letter to a reader, although neither is the other's upper case. */
  private static final String[] SAME = {"\u03c3\u03c2", "\u00b5\u03bc", "\u00df\u1e9e"};

  private Letters() {}

  /** The text composed, as a keyboard types it. */
  public static String composed(String text) {
    return Normalizer.normalize(text, Form.NFC);
  }

  /** The text as it is, composed and decomposed, each if different. */
  public static Stream<String> forms(String text) {
    return Stream.of(text, composed(text), Normalizer.normalize(text, Form.NFD)).distinct();
  }

  /** The text's letters, each with the accents that follow it. */
  public static Stream<String> letters(String text) {
    int[] starts =
        IntStream.range(0, text.length())
            .filter(i -> i == 0 || !Character.isLowSurrogate(text.charAt(i)))
            .filter(i -> i == 0 || !isAccent(text.codePointAt(i)))
            .toArray();
    return IntStream.range(0, starts.length)
        .mapToObj(
            i -> text.substring(starts[i], i + 1 < starts.length ? starts[i + 1] : text.length()));
  }

  private static boolean isAccent(int letter) {
    int type = Character.getType(letter);
    return type == Character.NON_SPACING_MARK
        || type == Character.COMBINING_SPACING_MARK
        || type == Character.ENCLOSING_MARK;
  }

  /** The letter, with its accents, in each form and case. */
  public static Stream<String> spellings(String letter) {
    return Stream.concat(Stream.of(letter), sameAs(letter))
        .flatMap(Letters::forms)
        .flatMap(
            each -> Stream.of(each, map(each, Character::toLowerCase), map(each, Letters::upper)))
        .distinct();
  }

  private static Stream<String> sameAs(String letter) {
    String small = map(letter, Character::toLowerCase);
    return Stream.of(SAME)
        .filter(same -> same.contains(small))
        .flatMapToInt(String::codePoints)
        .mapToObj(Character::toString);
  }

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
