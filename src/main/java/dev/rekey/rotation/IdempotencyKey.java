package dev.rekey.rotation;

import dev.rekey.platform.crypto.Sha256;
import dev.rekey.platform.problem.ProblemType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A caller's {@code Idempotency-Key} (IETF draft-ietf-httpapi-idempotency-key-header), of which
 * nothing but the hash is kept.
 */
public final class IdempotencyKey {

  public static final String HEADER = "Idempotency-Key";
  public static final int MAX_LENGTH = 255;

  private static final Pattern PRINTABLE = Pattern.compile("[\\x20-\\x7e]{1," + MAX_LENGTH + "}");

  /** Describes a parameter that takes the header. */
  @Retention(RetentionPolicy.RUNTIME)
  public @interface Sent {}

  private final String hash;

  private IdempotencyKey(String hash) {
    this.hash = hash;
  }

  /**
   * Reads the header's values; null if it was not sent. Throws an {@code invalid-parameter} problem
   * for an empty key, one that is too long or not printable ASCII, and for several.
   */
  public static @Nullable IdempotencyKey of(@Nullable List<String> values) {
    if (values == null || values.isEmpty()) {
      return null;
    }
    if (values.size() > 1 || !PRINTABLE.matcher(values.getFirst()).matches()) {
      throw ProblemType.INVALID_PARAMETER
          .with(
              HEADER
                  + " has to be sent once, with 1 to "
                  + MAX_LENGTH
                  + " printable ASCII characters, such as a UUID.")
          .exception();
    }
    return new IdempotencyKey(Sha256.hex(values.getFirst()));
  }

  /** SHA-256 in hex. */
  String hash() {
    return hash;
  }

  /** The number of the lock by which requests under this key of a principal wait for each other. */
  long lock(String principal) {
    return HexFormat.fromHexDigitsToLong(Sha256.hex(hash + principal).substring(0, 16));
  }
}
