package dev.rekey.audit.tail;

import dev.rekey.audit.AuditEvent;

/** Writes the events of a stream. */
@FunctionalInterface
public interface EventForm {

  /** The data of the event's message: one or more lines, which are not empty. */
  String of(AuditEvent event);
}
