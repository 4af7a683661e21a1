package dev.rekey.rotation;

import dev.rekey.access.Permit;
import dev.rekey.audit.AuditEntry;
import dev.rekey.audit.AuditEvent.Change;
import dev.rekey.audit.AuditLog;
import dev.rekey.credential.Credentials;
import dev.rekey.platform.PathId;
import dev.rekey.upstream.Label;
import dev.rekey.upstream.UpstreamCredential;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Steps 1 and 3 of a change that makes no new secret, each one short transaction. */
@Component
class ChangeLedger {

  private final CredentialChangeRepository changes;
  private final Credentials credentials;
  private final AuditLog audit;
  private final Clock clock;

  ChangeLedger(
      CredentialChangeRepository changes, Credentials credentials, AuditLog audit, Clock clock) {
    this.changes = changes;
    this.credentials = credentials;
    this.audit = audit;
    this.clock = clock;
  }

  /** What a change is about, from its first step to its last. */
  record Opened(UUID id, ChangeKind kind, Permit.Write permit, PathId target, List<Change> what) {}

  /** Writes the change down. Unless this returns, nothing may be sent. */
  @Transactional
  Opened open(ChangeKind kind, Permit.Write permit, PathId target, Label update) {
    var change = changes.save(new CredentialChange(kind, permit, target, clock.instant()));
    var opened = new Opened(change.id(), kind, permit, target, what(permit, target, update));
    audit.append(entry(opened, AuditEntry.of(kind.requested(), permit)));
    return opened;
  }

  /** Writes down how it ended; can be called again if it is not known whether the call took. */
  @Transactional
  void close(Opened opened, Outcome<?> outcome) {
    CredentialChange change = changes.lock(opened.id()).orElseThrow();
    if (!change.isPending()) {
      return;
    }
    Instant now = clock.instant();
    if (outcome instanceof Outcome.Succeeded<?>(var value)) {
      if (value instanceof UpstreamCredential updated) {
        credentials.observe(opened.permit().subject(), updated, now);
      } else {
        credentials.retired(opened.permit().subject(), opened.target(), now);
      }
    }
    change.close(outcome, now);
    audit.append(
        entry(opened, AuditEntry.of(opened.kind().ended(outcome), opened.permit()))
            .ended(outcome.audited(), outcome.reason()));
  }

  private AuditEntry entry(Opened opened, AuditEntry entry) {
    return entry
        .credential(
            opened.target(),
            credentials.idOf(opened.permit().subject(), opened.target()).orElse(null))
        .changes(opened.what());
  }

  private List<Change> what(Permit.Write permit, PathId target, Label update) {
    if (update.equals(Label.NONE)) {
      return List.of();
    }
    var known = credentials.named(permit.subject(), target);
    var what = new ArrayList<Change>();
    if (update.name() != null) {
      what.add(new Change("name", known.name(), update.name()));
    }
    if (update.description() != null) {
      what.add(new Change("description", known.description(), update.description()));
    }
    return what;
  }
}
