package dev.rekey.audit;

import dev.rekey.platform.query.Cursor;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A position in the history by time: that of an event, or between events. */
record EventPosition(Instant at, UUID id) {

  /** Throws an {@code invalid-cursor} problem if the cursor belongs to a list of another order. */
  static @Nullable EventPosition of(@Nullable Cursor cursor) {
    return cursor == null ? null : new EventPosition(cursor.at(), cursor.id());
  }
}
