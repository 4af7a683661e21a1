package sandbox.keycard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static sandbox.wire.ErrorShape.KEYCARD;

import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Opaque positions in a collection. A cursor is valid for one collection only. */
final class Cursors {
  private static final Pattern FORM = Pattern.compile("cursor:(.+):([0-9]{1,18})");

  private Cursors() {}

  static String encode(String collection, long number) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString("cursor:%s:%d".formatted(collection, number).getBytes(UTF_8));
  }

  static long decode(String collection, String cursor) {
    Matcher matcher = FORM.matcher(text(cursor));
    if (!matcher.matches() || !matcher.group(1).equals(collection)) {
      throw KEYCARD.refusal(400, "Cursor is not one of this list");
    }
    return Long.parseLong(matcher.group(2));
  }

  private static String text(String cursor) {
    try {
      return new String(Base64.getUrlDecoder().decode(cursor), UTF_8);
    } catch (IllegalArgumentException _) {
      return "";
    }
  }
}
