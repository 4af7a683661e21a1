package dev.rekey.rotation;

import dev.rekey.access.Permit;
import dev.rekey.audit.AuditEntry;
import dev.rekey.audit.AuditType;
import dev.rekey.upstream.Subject;
import org.jspecify.annotations.Nullable;

/** The actor of a change: the caller with the permit or, if that is null, a background job. */
record Initiator(Subject subject, Permit.@Nullable Write permit) {

  static Initiator caller(Permit.Write permit) {
    return new Initiator(permit.subject(), permit);
  }

  static Initiator rekey(Subject subject) {
    return new Initiator(subject, null);
  }

  /** The caller's id, or the name of Rekey. */
  String id() {
    return permit == null ? "rekey" : permit.caller().id();
  }

  /** An event of this actor about the subject. */
  AuditEntry entry(AuditType type) {
    return permit == null ? AuditEntry.ofRekey(type, subject) : AuditEntry.of(type, permit);
  }
}
