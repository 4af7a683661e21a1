package dev.rekey.rotation;

import dev.rekey.platform.crypto.Sha256;
import dev.rekey.platform.problem.ProblemType;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A caller's {@code Idempotency-Key} (IETF draft-ietf-httpapi-idempotency-key-header). The draft
 * sends it as a string of RFC 8941, in quotes; most clients send it without. Either form names the
 * same key. Rekey keeps only a hash.
 */
public final class IdempotencyKey {

  public static final String HEADER = "Idempotency-Key";
  public static final int MAX_LENGTH = 255;

  private static final Pattern PRINTABLE = Pattern.compile("[\\x20-\\x7e]{1," + MAX_LENGTH + "}");

  // A string of RFC 8941 in printable ASCII, and its parameters, which do not belong to the key.
  private static final Pattern QUOTED =
      Pattern.compile(
          "\"((?:[\\x20-\\x7e&&[^\"\\\\]]|\\\\[\"\\\\])*+)\""
              + "(?: *; *[a-z*][a-z0-9_.*-]*+(?:=(?:\"(?:[^\"\\\\]|\\\\.)*+\"|[^\"; ]*+))?)*+");
  private static final int MAX_QUOTED = 1024;
  private static final Pattern ESCAPE = Pattern.compile("\\\\(.)");

  private final List<String> hashes;

  private IdempotencyKey(Stream<String> forms) {
    this.hashes = forms.distinct().map(Sha256::hex).toList();
  }

  /**
   * Reads the header's values; null if the header is missing. Throws an {@code invalid-parameter}
   * problem unless there is one key of 1 to 255 printable ASCII characters.
   */
  public static @Nullable IdempotencyKey of(@Nullable List<String> values) {
    if (values == null || values.isEmpty()) {
      return null;
    }
    String value = values.getFirst();
    Optional<String> quoted = unquote(value);
    String key = quoted.orElse(value);
    if (values.size() > 1 || !PRINTABLE.matcher(key).matches()) {
      throw ProblemType.INVALID_PARAMETER.with(
          HEADER
              + " has to be sent once, with 1 to "
              + MAX_LENGTH
              + " printable ASCII characters, such as a UUID.");
    }
    String inQuotes = quote(key);
    if (quoted.isEmpty()) {
      return new IdempotencyKey(Stream.of(key, inQuotes));
    }
    // A key that is itself in quotes can be sent in quotes only.
    return new IdempotencyKey(
        unquote(key).isPresent() ? Stream.of(inQuotes, value) : Stream.of(inQuotes, key, value));
  }

  /** The key in a quoted string; empty if the value is none. */
  private static Optional<String> unquote(String value) {
    Matcher quoted = QUOTED.matcher(value);
    return value.length() <= MAX_QUOTED && quoted.matches()
        ? Optional.of(ESCAPE.matcher(quoted.group(1)).replaceAll("$1"))
        : Optional.empty();
  }

  private static String quote(String key) {
    return '"' + key.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  /**
   * SHA-256 in hex, under which a first request stores the key: of the form that was sent. A
   * version of Rekey that takes the two forms for two keys finds it there, too.
   */
  String hash() {
    return hashes.getFirst();
  }

  /** The hashes under which the key may be stored, {@link #hash} first. */
  List<String> hashes() {
    return hashes;
  }

  /**
   * The numbers of the advisory locks for this key of a principal, in the order in which every
   * request takes them.
   */
  List<Long> locks(String principal) {
    return hashes.stream().map(hash -> lock(hash, principal)).sorted().toList();
  }

  private static long lock(String hash, String principal) {
    return HexFormat.fromHexDigitsToLong(Sha256.hex(hash + principal).substring(0, 16));
  }
}
