package dev.rekey.upstream.keycard;

import java.util.Locale;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The mark in a credential's description that ties it to the attempt that made it, such as {@code
 * nightly build [rekey:019aa8a5-9c42-7c11-b8f0-3d5e7a9c1b2d]}. Keycard has no other place for it.
 * Callers never see it.
 */
final class AttemptTag {

  /** How many characters it takes, with the space in front of it. */
  static final int LENGTH = 46;

  private static final String START = "[rekey:";
  private static final Pattern TAG =
      Pattern.compile(
          "\\s?\\[rekey:([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})]");

  private AttemptTag() {}

  static String on(@Nullable String text, UUID attempt) {
    String tag = START + attempt + "]";
    return text == null || text.isEmpty() ? tag : text + " " + tag;
  }

  /** The attempt that a description names; null if it names none. */
  static @Nullable UUID in(@Nullable String description) {
    if (description == null) {
      return null;
    }
    Matcher tag = TAG.matcher(description);
    return tag.find() ? UUID.fromString(tag.group(1)) : null;
  }

  /** The description without its tag; null if nothing else is in it. */
  static @Nullable String without(@Nullable String description) {
    if (description == null) {
      return null;
    }
    String text = TAG.matcher(description).replaceAll("");
    return text.isEmpty() ? null : text;
  }

  /** Whether a text could be taken for a tag by somebody, or become one. */
  static boolean isLike(String text) {
    return text.toLowerCase(Locale.ROOT).contains(START);
  }
}
