package dev.rekey.credential;

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
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Records that an operator named a credential, with its event, in one transaction. */
@Component
class AdoptionLedger {

  private final CredentialRepository rows;
  private final DriftLedger drift;
  private final Observations looks;
  private final ExpiryPolicy policy;
  private final AuditLog audit;

  AdoptionLedger(
      CredentialRepository rows,
      DriftLedger drift,
      Observations looks,
      ExpiryPolicy policy,
      AuditLog audit) {
    this.rows = rows;
    this.drift = drift;
    this.looks = looks;
    this.policy = policy;
    this.audit = audit;
  }

  /** A credential of the inventory, and whether it is there only now. */
  record Adopted(Credential credential, boolean isNew) {}

  /**
   * Takes over what the upstream told, and sees to it that the subject is looked at from now on.
   * Who made a credential through Rekey stays known; naming one again does nothing.
   *
   * @param at when the upstream was asked
   */
  @Transactional
  Adopted adopt(Permit.Write permit, UpstreamCredential seen, Instant at) {
    Subject subject = permit.subject();
    String upstream = subject.upstream().value();
    UUID id = Ids.next();
    if (rows.ensure(id, upstream, subject.name(), seen.id().value(), at) == 0) {
      drift.seen(subject, seen, at);
    }
    Credential credential = rows.lock(subject, seen.id()).orElseThrow();
    boolean isNew = credential.id().equals(id);
    credential.observe(seen, at, policy);
    if (credential.adopted()) {
      audit.append(
          AuditEntry.of(AuditType.CREDENTIAL_ADOPTED, permit)
              .credential(seen.id(), credential.id())
              .changes(List.of(change(isNew))));
    }
    looks.watch(subject.upstream(), List.of(subject.name()));
    return new Adopted(credential, isNew);
  }

  private static Change change(boolean isNew) {
    return new Change(
        "origin",
        isNew ? null : CredentialOrigin.DISCOVERED.name(),
        CredentialOrigin.ADOPTED.name());
  }
}
