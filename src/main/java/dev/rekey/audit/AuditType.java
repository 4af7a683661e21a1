package dev.rekey.audit;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The types of events. A change has two events: the request, which is written before anything is
 * sent, and the outcome.
 */
public enum AuditType {
  ROTATION_REQUESTED("rotation.requested"),
  ROTATION_SUCCEEDED("rotation.succeeded"),
  ROTATION_REJECTED("rotation.rejected"),
  ROTATION_NOT_ATTEMPTED("rotation.not-attempted"),
  ROTATION_UNKNOWN("rotation.unknown"),
  ROTATION_COMPENSATED("rotation.compensated"),
  ROTATION_NOT_APPLIED("rotation.not-applied"),
  ROTATION_ORPHAN_FOUND("rotation.orphan-found"),
  ROTATION_ORPHAN_SUSPECTED("rotation.orphan-suspected"),
  ROTATION_ORPHAN_REMOVED("rotation.orphan-removed"),
  ROTATION_SUPERSEDED("rotation.superseded"),
  ROTATION_RESOLVED("rotation.resolved"),
  ROTATION_CONFIRMED("rotation.confirmed"),
  ROTATION_REVERTED("rotation.reverted"),
  ROTATION_REISSUED("rotation.reissued"),
  ROTATION_UNCONFIRMED("rotation.unconfirmed"),
  RETIREMENT_CANCELLED("rotation.retirement-cancelled"),
  DELIVERY_SUCCEEDED("delivery.succeeded"),
  DELIVERY_FAILED("delivery.failed"),
  DELIVERY_LOST("delivery.lost"),
  DELIVERY_PARKED("delivery.parked"),
  DELIVERY_RESTARTED("delivery.restarted"),
  AUTOMATION_HALTED("automation.halted"),
  AUTOMATION_PAUSED("automation.paused"),
  AUTOMATION_RESUMED("automation.resumed"),
  FINDING_OPENED("finding.opened"),
  FINDING_ACCEPTED("finding.accepted"),
  FINDING_SNOOZED("finding.snoozed"),
  FINDING_REOPENED("finding.reopened"),
  FINDING_RESOLVED("finding.resolved"),
  OLD_CREDENTIAL_STILL_USED("old-credential-still-used"),
  UPDATE_REQUESTED("credential.update.requested"),
  UPDATE_SUCCEEDED("credential.update.succeeded"),
  UPDATE_REJECTED("credential.update.rejected"),
  UPDATE_NOT_ATTEMPTED("credential.update.not-attempted"),
  UPDATE_UNKNOWN("credential.update.unknown"),
  UPDATE_NOT_APPLIED("credential.update.not-applied"),
  DELETE_REQUESTED("credential.delete.requested"),
  DELETE_SUCCEEDED("credential.delete.succeeded"),
  DELETE_REJECTED("credential.delete.rejected"),
  DELETE_NOT_ATTEMPTED("credential.delete.not-attempted"),
  DELETE_UNKNOWN("credential.delete.unknown"),
  DELETE_NOT_APPLIED("credential.delete.not-applied"),
  REVOKE_REQUESTED("credential.revoke.requested"),
  REVOKE_SUCCEEDED("credential.revoke.succeeded"),
  REVOKE_REJECTED("credential.revoke.rejected"),
  REVOKE_NOT_ATTEMPTED("credential.revoke.not-attempted"),
  REVOKE_UNKNOWN("credential.revoke.unknown"),
  REVOKE_NOT_APPLIED("credential.revoke.not-applied"),
  CREDENTIAL_ADOPTED("credential.adopted"),
  CREDENTIAL_DISCOVERED("credential.discovered"),
  CREDENTIAL_UNMANAGED_MINT("credential.unmanaged-mint"),
  CREDENTIAL_CHANGED("credential.changed"),
  CREDENTIAL_MISSING("credential.missing"),
  CREDENTIAL_REAPPEARED("credential.reappeared"),
  CREDENTIAL_EXPIRING("credential.expiring"),
  CREDENTIAL_EXPIRED("credential.expired"),
  PARTITION_DROPPED("audit.partition-dropped"),
  AUDIT_EXPORTED("audit.exported"),
  WEBHOOK_REDELIVERED("webhook.redelivered"),
  ACCESS_DENIED("access.denied");

  private static final Map<String, AuditType> BY_TEXT =
      Arrays.stream(values()).collect(Collectors.toMap(AuditType::text, Function.identity()));

  private final String text;

  AuditType(String text) {
    this.text = text;
  }

  /** The one with this text; empty if there is none. */
  public static Optional<AuditType> of(String text) {
    return Optional.ofNullable(BY_TEXT.get(text));
  }

  /** As it is stored and shown, such as {@code rotation.requested}. */
  @JsonValue
  public String text() {
    return text;
  }

  @Override
  public String toString() {
    return text;
  }
}
