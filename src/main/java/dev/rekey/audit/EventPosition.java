package dev.rekey.audit;

import dev.rekey.platform.query.Cursor;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An event's position in the order of time and, at the same time, of id. */
record EventPosition(Instant at, UUID id) {

  /** Null for null. */
  static @Nullable EventPosition of(@Nullable AuditEvent event) {
    return event == null ? null : new EventPosition(event.occurredAt(), event.id());
  }

  /** Null for null; throws an {@code invalid-cursor} problem if the cursor has no time. */
  static @Nullable EventPosition of(@Nullable Cursor cursor) {
    return cursor == null ? null : new EventPosition(cursor.at(), cursor.id());
  }
}
