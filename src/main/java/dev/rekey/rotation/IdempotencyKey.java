package dev.rekey.rotation;

import dev.rekey.platform.crypto.Sha256;
import dev.rekey.platform.problem.ProblemType;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A caller's {@code Idempotency-Key} (IETF draft-ietf-httpapi-idempotency-key-header). Rekey keeps
 * only its hash.
 */
public final class IdempotencyKey {

  public static final String HEADER = "Idempotency-Key";
  public static final int MAX_LENGTH = 255;

  private static final Pattern PRINTABLE = Pattern.compile("[\\x20-\\x7e]{1," + MAX_LENGTH + "}");

  private final String hash;

  private IdempotencyKey(String hash) {
    this.hash = hash;
  }

  /**
   * Reads the header's values; null if the header is missing. Throws an {@code invalid-parameter}
   * problem unless there is one value of 1 to 255 printable ASCII characters.
   */
  public static @Nullable IdempotencyKey of(@Nullable List<String> values) {
    if (values == null || values.isEmpty()) {
      return null;
    }
    if (values.size() > 1 || !PRINTABLE.matcher(values.getFirst()).matches()) {
      throw ProblemType.INVALID_PARAMETER.with(
          HEADER
              + " has to be sent once, with 1 to "
              + MAX_LENGTH
              + " printable ASCII characters, such as a UUID.");
    }
    return new IdempotencyKey(Sha256.hex(values.getFirst()));
  }

  /** SHA-256 in hex. */
  String hash() {
    return hash;
  }

  /** The number of the advisory lock for this key of a principal. */
  long lock(String principal) {
    return HexFormat.fromHexDigitsToLong(Sha256.hex(hash + principal).substring(0, 16));
  }
}
