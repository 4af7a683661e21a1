package dev.rekey.rotation;

import dev.rekey.audit.AuditType;
import dev.rekey.upstream.ListableUpstream;
import dev.rekey.upstream.Upstream;

/** A change of an existing credential. Its events are named after it, as AuditType's constants. */
public enum ChangeKind {
  UPDATE,
  DELETE,
  REVOKE;

  /** The upstream's name for the end of a credential. */
  static ChangeKind retirementAt(Upstream upstream) {
    return upstream instanceof ListableUpstream ? DELETE : REVOKE;
  }

  AuditType requested() {
    return AuditType.valueOf(name() + "_REQUESTED");
  }

  /** The event for an outcome; throws for a state that a change cannot have. */
  AuditType closed(MutationState state) {
    return AuditType.valueOf(name() + "_" + state.name());
  }
}
