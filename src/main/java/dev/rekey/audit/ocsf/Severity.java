package dev.rekey.audit.ocsf;

import dev.rekey.audit.AuditType;

/**
 * How much an event needs a person, as OCSF defines it: {@code LOW} if the person decides whether
 * to act, {@code MEDIUM} if somebody has to act, {@code HIGH} if at once.
 */
enum Severity {
  INFORMATIONAL(1, "Informational"),
  LOW(2, "Low"),
  MEDIUM(3, "Medium"),
  HIGH(4, "High");

  private final int id;
  private final String caption;

  Severity(int id, String caption) {
    this.id = id;
    this.caption = caption;
  }

  int id() {
    return id;
  }

  String caption() {
    return caption;
  }

  static Severity of(AuditType type) {
    return switch (type) {
      case ROTATION_REQUESTED,
          ROTATION_SUCCEEDED,
          ROTATION_ORPHAN_REMOVED,
          ROTATION_SUPERSEDED,
          ROTATION_RESOLVED,
          ROTATION_CONFIRMED,
          ROTATION_REVERTED,
          ROTATION_REISSUED,
          DELIVERY_SUCCEEDED,
          DELIVERY_RESTARTED,
          AUTOMATION_RESUMED,
          FINDING_RESOLVED,
          UPDATE_REQUESTED,
          UPDATE_SUCCEEDED,
          DELETE_REQUESTED,
          DELETE_SUCCEEDED,
          REVOKE_REQUESTED,
          REVOKE_SUCCEEDED,
          CREDENTIAL_ADOPTED,
          CREDENTIAL_DISCOVERED,
          CREDENTIAL_REAPPEARED,
          PARTITION_DROPPED,
          AUDIT_EXPORTED,
          WEBHOOK_REDELIVERED ->
          INFORMATIONAL;
      case ROTATION_REJECTED,
          ROTATION_NOT_ATTEMPTED,
          ROTATION_COMPENSATED,
          ROTATION_NOT_APPLIED,
          ROTATION_ORPHAN_FOUND,
          UPDATE_REJECTED,
          UPDATE_NOT_ATTEMPTED,
          UPDATE_NOT_APPLIED,
          DELETE_REJECTED,
          DELETE_NOT_ATTEMPTED,
          DELETE_NOT_APPLIED,
          REVOKE_REJECTED,
          REVOKE_NOT_ATTEMPTED,
          REVOKE_NOT_APPLIED,
          RETIREMENT_CANCELLED,
          DELIVERY_FAILED,
          AUTOMATION_PAUSED,
          FINDING_ACCEPTED,
          FINDING_SNOOZED,
          CREDENTIAL_CHANGED,
          CREDENTIAL_EXPIRING,
          ACCESS_DENIED ->
          LOW;
      case ROTATION_UNKNOWN,
          ROTATION_ORPHAN_SUSPECTED,
          ROTATION_UNCONFIRMED,
          OLD_CREDENTIAL_STILL_USED,
          DELIVERY_LOST,
          FINDING_OPENED,
          FINDING_REOPENED,
          UPDATE_UNKNOWN,
          DELETE_UNKNOWN,
          REVOKE_UNKNOWN,
          CREDENTIAL_MISSING ->
          MEDIUM;
      case CREDENTIAL_UNMANAGED_MINT, CREDENTIAL_EXPIRED, DELIVERY_PARKED, AUTOMATION_HALTED ->
          HIGH;
    };
  }
}
