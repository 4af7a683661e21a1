package dev.rekey.rotation;

import dev.rekey.access.Permit;
import dev.rekey.audit.AuditEntry;
import dev.rekey.audit.AuditType;
import dev.rekey.upstream.Subject;

/** Who changes something: a caller that may, or Rekey by itself. */
sealed interface Initiator {

  Subject subject();

  /** An event about it, to be filled in. */
  AuditEntry entry(AuditType type);

  /** A caller that may change the subject. */
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

  /** Rekey by itself. */
  record OfRekey(Subject subject) implements Initiator {

    @Override
    public AuditEntry entry(AuditType type) {
      return AuditEntry.ofRekey(type, subject);
    }
  }
}
