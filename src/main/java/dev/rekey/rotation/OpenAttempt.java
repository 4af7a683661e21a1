package dev.rekey.rotation;

import dev.rekey.audit.AuditEntry;
import dev.rekey.audit.AuditType;
import dev.rekey.platform.Ids;
import dev.rekey.platform.PathId;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.UpstreamCredential;
import dev.rekey.upstream.UpstreamName;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A committed mint attempt that may be sent once.
 *
 * @param epoch the attempt belongs to this replica as long as its row has the same epoch
 */
record OpenAttempt(UUID id, UUID rotation, int epoch, RotationRequest request) {

  Subject subject() {
    return request.subject();
  }

  UpstreamName upstream() {
    return subject().upstream();
  }

  Instant startedAt() {
    return Ids.createdAt(id);
  }

  /**
   * The event for its outcome.
   *
   * @param credential the new credential in the inventory; null if it is not there
   * @param reason why the attempt has this outcome, in text that is safe to store
   * @param occurredAt when the outcome was known, if it is recorded later; else null
   */
  AuditEntry closed(
      Outcome<UpstreamCredential> outcome,
      @Nullable UUID credential,
      @Nullable String reason,
      @Nullable Instant occurredAt) {
    PathId made = outcome.made();
    return request
        .by()
        .entry(AuditType.valueOf("ROTATION_" + outcome.state().name()))
        .rotation(rotation)
        .credential(made, made == null ? null : credential)
        .result(outcome.state().audited(), reason)
        .backfilled(occurredAt);
  }
}
