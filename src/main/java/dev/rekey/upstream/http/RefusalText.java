package dev.rekey.upstream.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.regex.Matcher.quoteReplacement;

import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Makes an upstream's error message safe to log, to store and to pass on. */
final class RefusalText {

  private static final int MAX_READ = 4_000;
  private static final int MAX_LENGTH = 300;
  private static final String REDACTED = "<redacted>";

  /** Secrets that their prefix or their name gives away. */
  private static final Pattern NAMED =
      Pattern.compile(
          "(?i)secret-token:\\S+|bearer\\s+\\S+|eyJ[\\w.-]{10,}"
              + "|(client_?secret|client_assertion|access_?token|password)[\"']?\\s*[=:]\\s*\\S+");

  /** Characters that are not seen, or that change how the rest is seen, such as bidi controls. */
  private static final Pattern INVISIBLE =
      Pattern.compile(
          "[\\p{Cf}\\u034f\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f"
              + "\\u3164\\ufe00-\\ufe0f\\uffa0]+");

  /** Everything but a plain space that separates. */
  private static final Pattern SPACES = Pattern.compile("[\\p{Cntrl}\\p{Z}&&[^ ]]+");

  /** The characters of base64, base64url, hexadecimal and percent-encoded secrets. */
  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9+/=_~%-]{24,}");

  /** Same, with dots between its parts, as in JWTs. Judged after the words, and without paths. */
  private static final Pattern DOTTED_WORD =
      Pattern.compile("[A-Za-z0-9+=_~%-][A-Za-z0-9+=_~%.-]{22,}[A-Za-z0-9+=_~%-]");

  private static final Pattern SEPARATORS = Pattern.compile("[/=_~%.-]+");

  private static final Pattern UUID =
      Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");

  /** ConductorOne's KSUIDs have 27 characters, and Keycard's ids 26. */
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9]{27}|[a-z0-9]{26}");

  /** A word of one case, words in camel case, or a number. */
  private static final Pattern READABLE =
      Pattern.compile(
          "\\d{1,23}|[A-Z]{1,23}|[a-z]{0,20}([A-Z][a-z]{4,20})+"
              + "|(?!.{24})([A-Z]{0,3}[a-z]{2,20}|[a-z]{1,20})([A-Z]{1,3}[a-z]{2,20})*");

  private static final int LONGEST_RANDOM_PART = 23;
  private static final int LONGEST_RANDOM_WORD = 31;
  private static final int LONGEST_SUFFIX = 11;
  private static final int LONGEST_ID = 27;

  private RefusalText() {}

  /**
   * Removes control and invisible characters and everything that may be a secret, and cuts to 300
   * characters. A word of 24 characters or more is a secret if one part between its separators is
   * random and has 24 or more, or if random parts make up more than half of it and have 32 or more.
   * Ids of both upstreams, UUIDs and the ids of the request are none.
   */
  static String of(String message, Set<String> idsOfRequest) {
    String start = message.substring(0, Math.min(message.length(), MAX_READ));
    String visible = INVISIBLE.matcher(start).replaceAll("");
    String spaced = SPACES.matcher(visible).replaceAll(" ");
    String words = redacted(DOTTED_WORD, redacted(WORD, spaced, idsOfRequest), idsOfRequest);
    String clean = NAMED.matcher(words).replaceAll(REDACTED).strip();
    String cut = clean.length() <= MAX_LENGTH ? clean : clean.substring(0, MAX_LENGTH);
    // PostgreSQL refuses half of a surrogate pair.
    return new String(cut.getBytes(UTF_8), UTF_8);
  }

  private static String redacted(Pattern words, String text, Set<String> idsOfRequest) {
    return words
        .matcher(text)
        .replaceAll(
            word -> isSecret(word, idsOfRequest) ? REDACTED : quoteReplacement(word.group()));
  }

  private static boolean isSecret(MatchResult word, Set<String> idsOfRequest) {
    if (idsOfRequest.contains(word.group())) {
      return false;
    }
    int random = 0;
    int ids = 0;
    for (String part : SEPARATORS.split(UUID.matcher(word.group()).replaceAll("/"), -1)) {
      if (ID.matcher(part).matches()) {
        ids += part.length();
      } else if (!READABLE.matcher(part).matches() && !idsOfRequest.contains(part)) {
        random += part.length();
        if (part.length() > LONGEST_RANDOM_PART) {
          return true;
        }
      }
    }
    // Between random parts, a part with the length of an id is random, too. So are two beside one.
    boolean areIdsRandom = random > LONGEST_SUFFIX || (random > 0 && ids > LONGEST_ID);
    int all = areIdsRandom ? random + ids : random;
    return all > LONGEST_RANDOM_WORD && 2 * all > word.group().length();
  }
}
