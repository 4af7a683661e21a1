package dev.rekey.audit;

/** Is notified of each event within the transaction that appends it. */
public interface AppendListener {

  /**
   * Handles an event, which has no sequence number yet. Its writes commit with the event. If this
   * throws, the event is not appended.
   */
  void appended(AuditEvent event);
}
