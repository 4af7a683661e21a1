package dev.rekey.rotation;

import dev.rekey.audit.AuditType;

/** What is changed about a credential that stays, or ceases to be, what it is. */
public enum ChangeKind {
  UPDATE(
      AuditType.UPDATE_REQUESTED,
      AuditType.UPDATE_SUCCEEDED,
      AuditType.UPDATE_NOT_ATTEMPTED,
      AuditType.UPDATE_REJECTED,
      AuditType.UPDATE_UNKNOWN),
  DELETE(
      AuditType.DELETE_REQUESTED,
      AuditType.DELETE_SUCCEEDED,
      AuditType.DELETE_NOT_ATTEMPTED,
      AuditType.DELETE_REJECTED,
      AuditType.DELETE_UNKNOWN),
  REVOKE(
      AuditType.REVOKE_REQUESTED,
      AuditType.REVOKE_SUCCEEDED,
      AuditType.REVOKE_NOT_ATTEMPTED,
      AuditType.REVOKE_REJECTED,
      AuditType.REVOKE_UNKNOWN);

  private final AuditType requested;
  private final AuditType succeeded;
  private final AuditType notAttempted;
  private final AuditType rejected;
  private final AuditType unknown;

  ChangeKind(
      AuditType requested,
      AuditType succeeded,
      AuditType notAttempted,
      AuditType rejected,
      AuditType unknown) {
    this.requested = requested;
    this.succeeded = succeeded;
    this.notAttempted = notAttempted;
    this.rejected = rejected;
    this.unknown = unknown;
  }

  AuditType requested() {
    return requested;
  }

  AuditType ended(Outcome<?> outcome) {
    return switch (outcome) {
      case Outcome.Succeeded<?> _ -> succeeded;
      case Outcome.NotAttempted<?> _ -> notAttempted;
      case Outcome.Rejected<?> _ -> rejected;
      case Outcome.Unknown<?> _ -> unknown;
    };
  }
}
