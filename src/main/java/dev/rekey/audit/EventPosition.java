package dev.rekey.audit;

import java.time.Instant;
import java.util.UUID;

/** An event's position in the order of time and, at the same time, of id. */
record EventPosition(Instant at, UUID id) {

  static EventPosition of(AuditEvent event) {
    return new EventPosition(event.occurredAt(), event.id());
  }
}
