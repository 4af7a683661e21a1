package dev.rekey.credential;

import static dev.rekey.credential.CredentialOrigin.ADOPTED;
import static dev.rekey.credential.CredentialOrigin.DISCOVERED;

import dev.rekey.access.Permit;
import dev.rekey.audit.AuditEntry;
import dev.rekey.audit.AuditEvent.Change;
import dev.rekey.audit.AuditLog;
import dev.rekey.audit.AuditType;
import dev.rekey.platform.Ids;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.UpstreamCredential;
import java.time.Instant;
import java.util.List;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Records an adopted credential and its audit event in one transaction. */
@Component
class AdoptionLedger {

  private final CredentialRepository rows;
  private final DriftLedger drift;
  private final Observations observations;
  private final ExpiryPolicy policy;
  private final AuditLog audit;

  AdoptionLedger(
      CredentialRepository rows,
      DriftLedger drift,
      Observations observations,
      ExpiryPolicy policy,
      AuditLog audit) {
    this.rows = rows;
    this.drift = drift;
    this.observations = observations;
    this.policy = policy;
    this.audit = audit;
  }

  /** An adopted credential; {@code isNew} is true if it was not in the inventory before. */
  record Adopted(Credential credential, boolean isNew) {}

  /**
   * Records the upstream's facts, and has the refresher scan the subject from now on. The origin
   * MINTED stays. A repeated adoption changes nothing.
   */
  @Transactional
  Adopted adopt(Permit.Write permit, UpstreamCredential seen, Instant requestedAt) {
    Subject subject = permit.subject();
    boolean isNew =
        rows.insertIfAbsent(new Credential(Ids.next(), subject, seen.id(), requestedAt));
    if (!isNew) {
      drift.record(subject, seen, requestedAt);
    }
    Credential credential = rows.lock(subject, seen.id()).orElseThrow();
    credential.observe(seen, requestedAt, policy);
    if (credential.adopt()) {
      audit.append(
          AuditEntry.of(AuditType.CREDENTIAL_ADOPTED, permit)
              .credential(seen.id(), credential.id())
              .changes(
                  List.of(new Change("origin", isNew ? null : DISCOVERED.name(), ADOPTED.name()))));
    }
    observations.watch(subject.upstream(), List.of(subject.name()));
    return new Adopted(credential, isNew);
  }
}
