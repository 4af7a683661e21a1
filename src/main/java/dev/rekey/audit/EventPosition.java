package dev.rekey.audit;

import java.time.Instant;
import java.util.UUID;

/** An event's position in the order of time and, at the same time, of id. */
public record EventPosition(Instant at, UUID id) {

  public static EventPosition of(AuditEvent event) {
    return new EventPosition(event.occurredAt(), event.id());
  }
}
