package dev.rekey.audit;

/** Told of every event as it is appended, within the transaction that appends it. */
public interface AppendListener {

  /**
   * Notes the event, which does not have its place in the chain yet. What is written here is there
   * exactly if the event is, and if this throws, the event is not.
   */
  void appended(AuditEvent event);
}
