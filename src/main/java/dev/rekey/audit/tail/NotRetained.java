package dev.rekey.audit.tail;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The events of a part of the chain that retention has dropped, whatever the filter. In JSON it is
 * their number.
 *
 * @param first when the first of them happened; null if there are none
 * @param last when the last of them happened; null if there are none
 */
public record NotRetained(@JsonValue long count, @Nullable Instant first, @Nullable Instant last) {

  static final NotRetained NONE = new NotRetained(0, null, null);

  boolean isEmpty() {
    return count == 0;
  }

  /** These and those of another part. */
  NotRetained and(NotRetained other) {
    return new NotRetained(
        count + other.count, earlier(first, other.first), later(last, other.last));
  }

  private static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
    return one == null || (other != null && other.isBefore(one)) ? other : one;
  }

  private static @Nullable Instant later(@Nullable Instant one, @Nullable Instant other) {
    return one == null || (other != null && other.isAfter(one)) ? other : one;
  }
}
