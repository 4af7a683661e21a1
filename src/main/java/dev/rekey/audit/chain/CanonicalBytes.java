package dev.rekey.audit.chain;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Encodes fields for hashing and signing. Each is its length in four bytes, then its bytes; numbers
 * are big-endian; a null is the length -1. PostgreSQL's binary COPY encodes rows in the same way,
 * so they are hashed without conversion.
 */
public final class CanonicalBytes {

  private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");
  private static final int ABSENT = -1;

  private ByteBuffer bytes = ByteBuffer.allocate(1024);

  /** Microseconds since 2000-01-01T00:00:00Z, as in PostgreSQL; truncates nanoseconds. */
  public static long micros(Instant time) {
    return ChronoUnit.MICROS.between(EPOCH, time.truncatedTo(ChronoUnit.MICROS));
  }

  /** The inverse of {@link #micros}. */
  public static Instant instant(long micros) {
    return EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  public CanonicalBytes text(@Nullable String value) {
    return value == null ? absent() : bytes(value.getBytes(StandardCharsets.UTF_8));
  }

  public CanonicalBytes uuid(@Nullable UUID value) {
    if (value == null) {
      return absent();
    }
    reserve(4 + 16).putInt(16).putLong(value.getMostSignificantBits());
    bytes.putLong(value.getLeastSignificantBits());
    return this;
  }

  public CanonicalBytes time(Instant value) {
    return int64(micros(value));
  }

  public CanonicalBytes int64(long value) {
    reserve(4 + 8).putInt(8).putLong(value);
    return this;
  }

  public CanonicalBytes int16(int value) {
    reserve(4 + 2).putInt(2).putShort((short) value);
    return this;
  }

  public CanonicalBytes flag(boolean value) {
    reserve(4 + 1).putInt(1).put((byte) (value ? 1 : 0));
    return this;
  }

  public CanonicalBytes bytes(byte[] value) {
    reserve(4 + value.length).putInt(value.length).put(value);
    return this;
  }

  /** One field that contains the fields {@code field, from, to} of each change. */
  public CanonicalBytes changes(JsonNode list) {
    var inner = new CanonicalBytes();
    for (JsonNode change : list) {
      for (String name : List.of("field", "from", "to")) {
        inner.text(change.path(name).asStringOpt().orElse(null));
      }
    }
    return bytes(inner.toByteArray());
  }

  /** Appends fields that are already encoded. */
  public CanonicalBytes raw(byte[] source, int from, int to) {
    reserve(to - from).put(source, from, to - from);
    return this;
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  public CanonicalBytes clear() {
    bytes.clear();
    return this;
  }

  /** The bytes without a copy; valid until the next change. */
  public ByteBuffer view() {
    return bytes.duplicate().flip();
  }

  private CanonicalBytes absent() {
    reserve(4).putInt(ABSENT);
    return this;
  }

  private ByteBuffer reserve(int more) {
    if (bytes.remaining() < more) {
      var bigger = ByteBuffer.allocate(Math.max(bytes.capacity() * 2, bytes.position() + more));
      bytes = bigger.put(bytes.flip());
    }
    return bytes;
  }
}
