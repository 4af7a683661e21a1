package dev.rekey.rotation;

import dev.rekey.access.Permit;
import dev.rekey.audit.AuditEntry;
import dev.rekey.audit.AuditType;
import dev.rekey.upstream.Subject;

/** The actor of a change of a subject. */
sealed interface Initiator {

  Subject subject();

  /** An event of this actor about the subject. */
  AuditEntry entry(AuditType type);

  /** Identifies the actor in the history. */
  default String id() {
    return entry(AuditType.ROTATION_REQUESTED).origin().actor().id();
  }

  static Initiator caller(Permit.Write permit) {
    return new ByCaller(permit);
  }

  static Initiator policy(PolicyOrder order) {
    return new ByPolicy(order);
  }

  static Initiator rekey(Subject subject) {
    return new ByRekey(subject);
  }

  /** A caller who may change the subject. */
  record ByCaller(Permit.Write permit) implements Initiator {

    @Override
    public Subject subject() {
      return permit.subject();
    }

    @Override
    public AuditEntry entry(AuditType type) {
      return AuditEntry.of(type, permit);
    }
  }

  /** A policy, such as {@code policy/connectors}. */
  record ByPolicy(PolicyOrder order) implements Initiator {

    @Override
    public Subject subject() {
      return order.subject();
    }

    @Override
    public AuditEntry entry(AuditType type) {
      AuditEntry entry = AuditEntry.ofPolicy(type, subject(), order.actor());
      return type == AuditType.ROTATION_REQUESTED ? entry.result(null, order.why()) : entry;
    }
  }

  /** A background job that finishes what others began. */
  record ByRekey(Subject subject) implements Initiator {

    @Override
    public AuditEntry entry(AuditType type) {
      return AuditEntry.ofRekey(type, subject);
    }
  }
}
