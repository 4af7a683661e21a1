package dev.rekey.audit.ocsf;

import dev.rekey.audit.AuditType;
import java.util.Locale;

/**
 * The operation that an event is about. The request and the outcome of a change have the same one,
 * and the outcome is that of the operation: {@code rotation.orphan-removed} says that a rotation
 * has no effect any more.
 */
enum Operation {
  ROTATE(Activity.CREATE),
  CONFIRM(Activity.UPDATE),
  REVERT(Activity.UPDATE),
  REISSUE(Activity.UPDATE),
  RESOLVE(Activity.UPDATE),
  SUPERSEDE(Activity.UPDATE),
  RETIRE(Activity.DELETE),
  /** Writes a secret where it is used, or restarts what uses it. */
  DELIVER(Activity.UPDATE),
  /** Lets policies rotate nothing for a while. */
  PAUSE(Activity.UPDATE),
  RESUME(Activity.UPDATE),
  /** Rekey has compared the inventory with the conditions of findings. */
  FIND(Activity.READ),
  ACCEPT(Activity.UPDATE),
  SNOOZE(Activity.UPDATE),
  REOPEN(Activity.UPDATE),
  UPDATE(Activity.UPDATE),
  DELETE(Activity.DELETE),
  REVOKE(Activity.DELETE),
  ADOPT(Activity.CREATE),
  /** Rekey has read the upstream. */
  RECONCILE(Activity.READ),
  SCAN(Activity.READ),
  /** A time has passed; nothing was called. */
  REMIND(Activity.OTHER),
  DROP_PARTITION(Activity.DELETE),
  EXPORT(Activity.READ),
  REDELIVER(Activity.UPDATE),
  /** The reason names the route; no other operation happened. */
  DENY(Activity.OTHER);

  private final Activity activity;

  Operation(Activity activity) {
    this.activity = activity;
  }

  Activity activity() {
    return activity;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static Operation of(AuditType type) {
    return switch (type) {
      case ROTATION_REQUESTED,
          ROTATION_SUCCEEDED,
          ROTATION_REJECTED,
          ROTATION_NOT_ATTEMPTED,
          ROTATION_UNKNOWN,
          ROTATION_COMPENSATED,
          ROTATION_NOT_APPLIED,
          ROTATION_ORPHAN_REMOVED,
          AUTOMATION_HALTED ->
          ROTATE;
      case ROTATION_ORPHAN_FOUND, ROTATION_ORPHAN_SUSPECTED, OLD_CREDENTIAL_STILL_USED -> RECONCILE;
      case ROTATION_SUPERSEDED -> SUPERSEDE;
      case ROTATION_RESOLVED -> RESOLVE;
      case ROTATION_CONFIRMED -> CONFIRM;
      case ROTATION_REVERTED -> REVERT;
      case ROTATION_REISSUED -> REISSUE;
      case RETIREMENT_CANCELLED -> RETIRE;
      case DELIVERY_SUCCEEDED,
          DELIVERY_FAILED,
          DELIVERY_LOST,
          DELIVERY_PARKED,
          DELIVERY_RESTARTED ->
          DELIVER;
      case AUTOMATION_PAUSED -> PAUSE;
      case AUTOMATION_RESUMED -> RESUME;
      case FINDING_OPENED, FINDING_RESOLVED -> FIND;
      case FINDING_ACCEPTED -> ACCEPT;
      case FINDING_SNOOZED -> SNOOZE;
      case FINDING_REOPENED -> REOPEN;
      case UPDATE_REQUESTED,
          UPDATE_SUCCEEDED,
          UPDATE_REJECTED,
          UPDATE_NOT_ATTEMPTED,
          UPDATE_UNKNOWN,
          UPDATE_NOT_APPLIED ->
          UPDATE;
      case DELETE_REQUESTED,
          DELETE_SUCCEEDED,
          DELETE_REJECTED,
          DELETE_NOT_ATTEMPTED,
          DELETE_UNKNOWN,
          DELETE_NOT_APPLIED ->
          DELETE;
      case REVOKE_REQUESTED,
          REVOKE_SUCCEEDED,
          REVOKE_REJECTED,
          REVOKE_NOT_ATTEMPTED,
          REVOKE_UNKNOWN,
          REVOKE_NOT_APPLIED ->
          REVOKE;
      case CREDENTIAL_ADOPTED -> ADOPT;
      case CREDENTIAL_DISCOVERED,
          CREDENTIAL_UNMANAGED_MINT,
          CREDENTIAL_CHANGED,
          CREDENTIAL_MISSING,
          CREDENTIAL_REAPPEARED ->
          SCAN;
      case ROTATION_UNCONFIRMED, CREDENTIAL_EXPIRING, CREDENTIAL_EXPIRED -> REMIND;
      case PARTITION_DROPPED -> DROP_PARTITION;
      case AUDIT_EXPORTED -> EXPORT;
      case WEBHOOK_REDELIVERED -> REDELIVER;
      case ACCESS_DENIED -> DENY;
    };
  }
}
