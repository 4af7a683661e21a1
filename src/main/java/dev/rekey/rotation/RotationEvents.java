package dev.rekey.rotation;

import dev.rekey.audit.AuditEntry;
import dev.rekey.audit.AuditType;
import dev.rekey.platform.PathId;
import dev.rekey.upstream.UpstreamCredential;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Builds the two audit events of every mint attempt. */
final class RotationEvents {

  private RotationEvents() {}

  static AuditEntry requested(UUID rotation, RotationRequest request) {
    return AuditEntry.of(AuditType.ROTATION_REQUESTED, request.permit()).rotation(rotation);
  }

  /**
   * The event for the outcome of an attempt.
   *
   * @param credential the new credential in the inventory; null if it is not there
   * @param reason why the attempt has this outcome, in text that is safe to store
   * @param occurredAt when the outcome was known, if it is recorded later; else null
   */
  static AuditEntry closed(
      OpenAttempt attempt,
      Outcome<UpstreamCredential> outcome,
      @Nullable UUID credential,
      @Nullable String reason,
      @Nullable Instant occurredAt) {
    PathId made = outcome.made();
    var type = AuditType.valueOf("ROTATION_" + outcome.state());
    return AuditEntry.of(type, attempt.request().permit())
        .rotation(attempt.rotation())
        .credential(made, made == null ? null : credential)
        .result(outcome.state().audited(), reason)
        .backfilled(occurredAt);
  }
}
