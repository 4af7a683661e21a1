package dev.rekey.platform.query;

import dev.rekey.platform.problem.ProblemException;
import dev.rekey.platform.problem.ProblemType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A place in a list: the last row that a page showed, by what the list is ordered by and then by
 * id. Callers see it as opaque text, which fits only the list, filter and order that it was made
 * under.
 *
 * @param since where the list ends, if that hangs on when its first page was asked for; else null
 */
public record Cursor(Key key, UUID id, @Nullable Instant since) {

  private static final int HEAD = 2 + Long.BYTES * 2;
  private static final int CHECK = 8;

  // Upstreams tell of years 1 and 9999 where they mean never. PostgreSQL takes what lies between
  // the day before the first Julian one and a year that no number of microseconds reaches.
  private static final long EARLIEST =
      ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse("-4712-11-24T00:00:00Z"));

  /** What a row has in what its list is ordered by. */
  public sealed interface Key {}

  /** A time, which counts to the microsecond. */
  public record Time(Instant at) implements Key {}

  /** A text. */
  public record Text(String text) implements Key {}

  /** Nothing: such rows stand behind all others, whichever way the list is ordered. */
  public record Nothing() implements Key {}

  /** A place in a list that is ordered by time. */
  public Cursor(Instant at, UUID id) {
    this(at, id, null);
  }

  /** The same in one that ends where its first page said. */
  public Cursor(Instant at, UUID id, @Nullable Instant since) {
    this(new Time(at), id, since);
  }

  /** The time; throws an {@code invalid-cursor} problem if the list is ordered by another thing. */
  public Instant at() {
    return switch (key) {
      case Time(var at) -> at;
      case Text _, Nothing _ -> throw invalid();
    };
  }

  /**
   * The opaque text.
   *
   * @param asked what tells the list from every other: its name, and all of its filter and order,
   *     each with a {@code toString} that tells it whole, null, or a list of such
   */
  public String encode(List<? extends @Nullable Object> asked) {
    byte[] position = position();
    byte[] whole = Arrays.copyOf(position, position.length + CHECK);
    System.arraycopy(check(position, asked), 0, whole, position.length, CHECK);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(whole);
  }

  private byte[] position() {
    byte[] rest =
        switch (key) {
          case Time(var at) -> ByteBuffer.allocate(Long.BYTES).putLong(micros(at)).array();
          case Text(var text) -> text.getBytes(StandardCharsets.UTF_8);
          case Nothing() -> new byte[0];
        };
    var buffer =
        ByteBuffer.allocate(HEAD + (since == null ? 0 : Long.BYTES) + rest.length)
            .put(kind(key))
            .put((byte) (since == null ? 0 : 1))
            .putLong(id.getMostSignificantBits())
            .putLong(id.getLeastSignificantBits());
    if (since != null) {
      buffer.putLong(micros(since));
    }
    return buffer.put(rest).array();
  }

  private static byte kind(Key key) {
    return switch (key) {
      case Time _ -> 't';
      case Text _ -> 'x';
      case Nothing _ -> 'n';
    };
  }

  private static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }

  /** Throws an {@code invalid-cursor} problem unless the text was made for the same. */
  public static Cursor decode(String text, List<? extends @Nullable Object> asked) {
    byte[] whole = bytes(text);
    if (whole.length < HEAD + CHECK) {
      throw invalid();
    }
    byte[] position = Arrays.copyOf(whole, whole.length - CHECK);
    byte[] check = Arrays.copyOfRange(whole, position.length, whole.length);
    if (!MessageDigest.isEqual(check, check(position, asked))) {
      throw invalid();
    }
    return decode(ByteBuffer.wrap(position));
  }

  private static Cursor decode(ByteBuffer position) {
    byte kind = position.get();
    boolean ends = position.get() == 1;
    var id = new UUID(position.getLong(), position.getLong());
    Instant since = ends ? time(position) : null;
    return new Cursor(key(kind, position), id, since);
  }

  private static Key key(byte kind, ByteBuffer rest) {
    return switch (kind) {
      case 't' -> new Time(time(rest));
      case 'x' -> text(rest);
      case 'n' -> new Nothing();
      default -> throw invalid();
    };
  }

  private static Instant time(ByteBuffer buffer) {
    if (buffer.remaining() < Long.BYTES) {
      throw invalid();
    }
    long micros = buffer.getLong();
    if (micros < EARLIEST) {
      throw invalid();
    }
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  // No row has NUL in a text, and PostgreSQL takes none.
  private static Text text(ByteBuffer rest) {
    String text = StandardCharsets.UTF_8.decode(rest).toString();
    if (text.indexOf('\0') >= 0) {
      throw invalid();
    }
    return new Text(text);
  }

  private static byte[] bytes(String text) {
    try {
      return Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw invalid();
    }
  }

  /** What is thrown for a cursor that cannot be one of the list. */
  public static ProblemException invalid() {
    return ProblemType.INVALID_CURSOR
        .with(
            "Send cursor as nextCursor gave it, with the other parameters as they were, or leave"
                + " it out to start over.")
        .exception();
  }

  private static byte[] check(byte[] position, List<? extends @Nullable Object> asked) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      digest.update(position);
      add(digest, asked);
      return Arrays.copyOf(digest.digest(), CHECK);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  // With lengths, so that no two things that can be asked for make the same bytes.
  private static void add(MessageDigest digest, @Nullable Object part) {
    switch (part) {
      case null -> digest.update((byte) 0);
      case List<?> parts -> {
        addHead(digest, 2, parts.size());
        parts.forEach(each -> add(digest, each));
      }
      default -> {
        byte[] text = part.toString().getBytes(StandardCharsets.UTF_8);
        addHead(digest, 1, text.length);
        digest.update(text);
      }
    }
  }

  private static void addHead(MessageDigest digest, int kind, int length) {
    digest.update(ByteBuffer.allocate(1 + Integer.BYTES).put((byte) kind).putInt(length).array());
  }
}
