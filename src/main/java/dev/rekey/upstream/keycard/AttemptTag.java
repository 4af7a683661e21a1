package dev.rekey.upstream.keycard;

import java.util.Locale;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The tag in a credential's description that names the attempt that created it, because Keycard has
 * no other field for it. Callers never see it.
 */
final class AttemptTag {

  /** The number of characters of the tag and the space before it. */
  static final int LENGTH = 46;

  /**
   * The longest description that has room for a tag. In UTF-16, which counts some characters twice,
   * so that it fits however Keycard counts.
   */
  private static final int MAX_TAGGED = Keycard.MAX_DESCRIPTION - LENGTH;

  private static final String START = "[rekey:";
  private static final Pattern TAG =
      Pattern.compile(
          "\\s?\\[rekey:([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})]");

  private AttemptTag() {}

  /** The text with the attempt's tag; unchanged if the attempt is unknown, null. */
  static @Nullable String append(@Nullable String text, @Nullable UUID attempt) {
    if (attempt == null) {
      return text;
    }
    String tag = START + attempt + "]";
    return text == null || text.isEmpty() ? tag : text + " " + tag;
  }

  /** Whether a description leaves room for a tag. */
  static boolean fits(@Nullable String text) {
    return text == null || text.length() <= MAX_TAGGED;
  }

  /** As much of the beginning of a description as leaves room for a tag. */
  static String shorten(String text) {
    int end = Character.isHighSurrogate(text.charAt(MAX_TAGGED - 1)) ? MAX_TAGGED - 1 : MAX_TAGGED;
    return text.substring(0, end);
  }

  /** The attempt that the description's tag names; null without a tag. */
  static @Nullable UUID find(@Nullable String description) {
    if (description == null) {
      return null;
    }
    Matcher tag = TAG.matcher(description);
    return tag.find() ? UUID.fromString(tag.group(1)) : null;
  }

  /** The description without its tag; null if nothing remains. */
  static @Nullable String remove(@Nullable String description) {
    if (description == null) {
      return null;
    }
    String text = TAG.matcher(description).replaceAll("");
    return text.isEmpty() ? null : text;
  }

  /** Whether a text contains a tag, or the start of one. */
  static boolean isIn(String text) {
    return text.toLowerCase(Locale.ROOT).contains(START);
  }
}
