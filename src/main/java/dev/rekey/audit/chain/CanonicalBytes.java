package dev.rekey.audit.chain;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Fields in the one form in which they are hashed and signed: each as its length, four bytes, and
 * its bytes; numbers big-endian; an absent field as the length -1 and nothing. It is the form of a
 * row in PostgreSQL's binary COPY, so that rows from there are hashed as they come.
 */
public final class CanonicalBytes {

  private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");
  private static final int ABSENT = -1;

  private ByteBuffer bytes = ByteBuffer.allocate(1024);

  /** Microseconds since 2000, PostgreSQL's own count; what is finer is cut off. */
  public static long micros(Instant time) {
    return ChronoUnit.MICROS.between(EPOCH, time.truncatedTo(ChronoUnit.MICROS));
  }

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
    room(4 + 16).putInt(16).putLong(value.getMostSignificantBits());
    bytes.putLong(value.getLeastSignificantBits());
    return this;
  }

  public CanonicalBytes time(Instant value) {
    return int64(micros(value));
  }

  public CanonicalBytes int64(long value) {
    room(4 + 8).putInt(8).putLong(value);
    return this;
  }

  public CanonicalBytes int16(int value) {
    room(4 + 2).putInt(2).putShort((short) value);
    return this;
  }

  public CanonicalBytes flag(boolean value) {
    room(4 + 1).putInt(1).put((byte) (value ? 1 : 0));
    return this;
  }

  public CanonicalBytes bytes(byte[] value) {
    room(4 + value.length).putInt(value.length).put(value);
    return this;
  }

  /** One field that holds, of each change in turn, the fields {@code field, from, to}. */
  public CanonicalBytes changes(JsonNode list) {
    var inner = new CanonicalBytes();
    for (JsonNode change : list) {
      inner
          .text(change.path("field").asStringOpt().orElse(null))
          .text(change.path("from").asStringOpt().orElse(null))
          .text(change.path("to").asStringOpt().orElse(null));
    }
    return bytes(inner.toByteArray());
  }

  /** Fields that are in this form already. */
  public CanonicalBytes raw(byte[] source, int from, int to) {
    room(to - from).put(source, from, to - from);
    return this;
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  /** Makes it empty again, to be filled anew. */
  public CanonicalBytes clear() {
    bytes.clear();
    return this;
  }

  public ByteBuffer view() {
    return bytes.duplicate().flip();
  }

  private CanonicalBytes absent() {
    room(4).putInt(ABSENT);
    return this;
  }

  private ByteBuffer room(int more) {
    if (bytes.remaining() < more) {
      var bigger = ByteBuffer.allocate(Math.max(bytes.capacity() * 2, bytes.position() + more));
      bytes = bigger.put(bytes.flip());
    }
    return bytes;
  }
}
