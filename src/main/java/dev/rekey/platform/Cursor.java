package dev.rekey.platform;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Base64;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.jpa.domain.Specification;

/**
 * A place in a list ordered by time and id, newest first: the last row that a page showed. Callers
 * see it as opaque text, which fits only the filter that it was made under.
 *
 * @param since where the list ends, if that hangs on when its first page was asked for; else null
 */
public record Cursor(Instant at, UUID id, @Nullable Instant since) {

  private static final int POSITION = Long.BYTES * 3;
  private static final int POSITION_WITH_END = POSITION + Long.BYTES;
  private static final int CHECK = 8;
  private static final long LATEST =
      ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse("9999-12-31T23:59:59Z"));

  public Cursor(Instant at, UUID id) {
    this(at, id, null);
  }

  /**
   * The opaque text.
   *
   * @param filter what the list was filtered by; its {@code toString} has to tell it all
   */
  public String encode(Object filter) {
    var buffer =
        ByteBuffer.allocate(since == null ? POSITION : POSITION_WITH_END)
            .putLong(ChronoUnit.MICROS.between(Instant.EPOCH, at))
            .putLong(id.getMostSignificantBits())
            .putLong(id.getLeastSignificantBits());
    if (since != null) {
      buffer.putLong(ChronoUnit.MICROS.between(Instant.EPOCH, since));
    }
    byte[] position = buffer.array();
    byte[] whole = Arrays.copyOf(position, position.length + CHECK);
    System.arraycopy(check(position, filter), 0, whole, position.length, CHECK);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(whole);
  }

  /** Throws an {@code invalid-cursor} problem unless the text was made under the same filter. */
  public static Cursor decode(String text, Object filter) {
    byte[] whole = bytes(text);
    int length = whole.length - CHECK;
    if (length != POSITION && length != POSITION_WITH_END) {
      throw invalid();
    }
    byte[] position = Arrays.copyOf(whole, length);
    byte[] check = Arrays.copyOfRange(whole, length, whole.length);
    if (!MessageDigest.isEqual(check, check(position, filter))) {
      throw invalid();
    }
    var buffer = ByteBuffer.wrap(position);
    return new Cursor(
        time(buffer),
        new UUID(buffer.getLong(), buffer.getLong()),
        buffer.hasRemaining() ? time(buffer) : null);
  }

  private static Instant time(ByteBuffer buffer) {
    long micros = buffer.getLong();
    if (micros < 0 || micros > LATEST) {
      throw invalid();
    }
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  /**
   * The rows behind this one in a list of an entity with an {@code id}, newest first.
   *
   * @param time the entity's field by which the list is ordered
   */
  public <T> Specification<T> following(String time) {
    return (row, _, build) ->
        build.or(
            build.lessThan(row.get(time), at),
            build.and(build.equal(row.get(time), at), build.lessThan(row.get("id"), id)));
  }

  private static byte[] bytes(String text) {
    try {
      return Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw invalid();
    }
  }

  private static ProblemException invalid() {
    return ProblemType.INVALID_CURSOR
        .with(
            "Send cursor as nextCursor gave it, with the other parameters as they were, or leave"
                + " it out to start over.")
        .exception();
  }

  private static byte[] check(byte[] position, Object filter) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      digest.update(position);
      digest.update(filter.toString().getBytes(StandardCharsets.UTF_8));
      return Arrays.copyOf(digest.digest(), CHECK);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
