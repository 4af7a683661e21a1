package dev.rekey.rotation;

import dev.rekey.audit.AuditType;

/** A change of an existing credential. */
public enum ChangeKind {
  UPDATE(
      AuditType.UPDATE_REQUESTED,
      AuditType.UPDATE_SUCCEEDED,
      AuditType.UPDATE_NOT_ATTEMPTED,
      AuditType.UPDATE_REJECTED,
      AuditType.UPDATE_UNKNOWN,
      AuditType.UPDATE_NOT_APPLIED),
  DELETE(
      AuditType.DELETE_REQUESTED,
      AuditType.DELETE_SUCCEEDED,
      AuditType.DELETE_NOT_ATTEMPTED,
      AuditType.DELETE_REJECTED,
      AuditType.DELETE_UNKNOWN,
      AuditType.DELETE_NOT_APPLIED),
  REVOKE(
      AuditType.REVOKE_REQUESTED,
      AuditType.REVOKE_SUCCEEDED,
      AuditType.REVOKE_NOT_ATTEMPTED,
      AuditType.REVOKE_REJECTED,
      AuditType.REVOKE_UNKNOWN,
      AuditType.REVOKE_NOT_APPLIED);

  private final AuditType requested;
  private final AuditType succeeded;
  private final AuditType notAttempted;
  private final AuditType rejected;
  private final AuditType unknown;
  private final AuditType notApplied;

  ChangeKind(
      AuditType requested,
      AuditType succeeded,
      AuditType notAttempted,
      AuditType rejected,
      AuditType unknown,
      AuditType notApplied) {
    this.requested = requested;
    this.succeeded = succeeded;
    this.notAttempted = notAttempted;
    this.rejected = rejected;
    this.unknown = unknown;
    this.notApplied = notApplied;
  }

  AuditType requested() {
    return requested;
  }

  /** The event for an outcome; throws for a state that a change cannot have. */
  AuditType closed(MutationState state) {
    return switch (state) {
      case SUCCEEDED -> succeeded;
      case NOT_ATTEMPTED -> notAttempted;
      case REJECTED -> rejected;
      case UNKNOWN -> unknown;
      case NOT_APPLIED -> notApplied;
      case PENDING, ORPHAN_REMOVED, COMPENSATED, SUPERSEDED, RESOLVED ->
          throw new IllegalArgumentException("a change cannot be " + state);
    };
  }
}
