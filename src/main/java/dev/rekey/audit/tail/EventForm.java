package dev.rekey.audit.tail;

import dev.rekey.audit.AuditEvent;

/**
 * Writes the messages of a stream. The data of a message is one or more lines, none of them empty.
 */
public interface EventForm {

  /** The data of an event's message. */
  String of(AuditEvent event);

  /** The data of a message of the type {@code not-retained}. */
  String of(NotRetained events);
}
