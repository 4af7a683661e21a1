package dev.rekey.rotation;

import dev.rekey.access.Permit;
import dev.rekey.audit.AuditEntry;
import dev.rekey.audit.AuditType;
import dev.rekey.upstream.Subject;

/** The actor of a change: a permitted caller, or Rekey. */
sealed interface Initiator {

  Subject subject();

  /** An event of this actor about the subject. */
  AuditEntry entry(AuditType type);

  /** A caller with a permit for the subject. */
  record OfCaller(Permit.Write permit) implements Initiator {

    @Override
    public Subject subject() {
      return permit.subject();
    }

    @Override
    public AuditEntry entry(AuditType type) {
      return AuditEntry.of(type, permit);
    }
  }

  /** Rekey, in a background job. */
  record OfRekey(Subject subject) implements Initiator {

    @Override
    public AuditEntry entry(AuditType type) {
      return AuditEntry.ofRekey(type, subject);
    }
  }
}
