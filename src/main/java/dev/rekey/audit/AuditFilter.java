package dev.rekey.audit;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a search is for; every part that is null leaves all through. */
record AuditFilter(
    @Nullable Instant from,
    @Nullable Instant to,
    @Nullable AuditType type,
    @Nullable String subject,
    @Nullable UUID credentialId) {

  /** Whether so little can match that no bound in time is needed. */
  boolean isNarrow() {
    return subject != null || credentialId != null;
  }
}
