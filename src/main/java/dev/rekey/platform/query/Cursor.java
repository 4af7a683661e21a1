package dev.rekey.platform.query;

import dev.rekey.platform.problem.ProblemException;
import dev.rekey.platform.problem.ProblemType;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A position in a list: the sort key and the id of the last row that a page showed.
 *
 * @param since the oldest time of the list, if its first page fixed one; else null
 */
public record Cursor(Key key, UUID id, @Nullable Instant since) {

  /** A row's value in the field that orders its list. */
  public sealed interface Key {}

  /** A time, to the microsecond. */
  public record Time(Instant at) implements Key {}

  /** A text. */
  public record Text(String text) implements Key {}

  /** No value. Such rows come last in either direction. */
  public record Nothing() implements Key {}

  public Cursor(Instant at, UUID id) {
    this(at, id, null);
  }

  public Cursor(Instant at, UUID id, @Nullable Instant since) {
    this(new Time(at), id, since);
  }

  /** The time; throws an {@code invalid-cursor} problem if the list is not ordered by time. */
  public Instant at() {
    return switch (key) {
      case Time(var at) -> at;
      case Text _, Nothing _ -> throw invalid();
    };
  }

  /** The problem of a cursor that does not belong to the list. */
  public static ProblemException invalid() {
    return ProblemType.INVALID_CURSOR.with(
        "Send cursor as nextCursor gave it, with all other parameters unchanged, or leave it out"
            + " to start again.");
  }
}
