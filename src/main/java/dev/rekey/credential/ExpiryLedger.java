package dev.rekey.credential;

import dev.rekey.audit.AuditEntry;
import dev.rekey.audit.AuditEvent.Change;
import dev.rekey.audit.AuditLog;
import dev.rekey.audit.AuditType;
import dev.rekey.credential.Credential.Told;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Tells that credentials end soon or have ended: each threshold once, whoever looks. */
@Component
class ExpiryLedger {

  private final CredentialRepository rows;
  private final ExpiryPolicy policy;
  private final AuditLog audit;
  private final JdbcClient jdbc;
  private final Clock clock;

  ExpiryLedger(
      CredentialRepository rows,
      ExpiryPolicy policy,
      AuditLog audit,
      JdbcClient jdbc,
      Clock clock) {
    this.rows = rows;
    this.policy = policy;
    this.audit = audit;
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /** Tells what is due, at most so many; says how many it looked at. */
  @Transactional
  int tell(int most) {
    Instant now = clock.instant();
    List<Credential> due = rows.lockToTell(now, Limit.of(most));
    for (Credential credential : due) {
      credential.tell(policy, now).ifPresent(told -> audit.append(event(credential, told)));
    }
    return due.size();
  }

  private static AuditEntry event(Credential credential, Told told) {
    boolean ended = told.days() == 0;
    return AuditEntry.ofRekey(
            ended ? AuditType.CREDENTIAL_EXPIRED : AuditType.CREDENTIAL_EXPIRING,
            credential.subject())
        .credential(credential.upstreamId(), credential.id())
        .ended(null, ended ? ended(told) : within(told))
        .changes(
            List.of(
                new Change("days", null, Integer.toString(told.days())),
                new Change(
                    told.byPolicy() ? "policyExpiresAt" : "expiresAt",
                    null,
                    told.end().toString())));
  }

  private static String ended(Told told) {
    return told.byPolicy()
        ? "it has reached its maximum age, and works on"
        : "its upstream ended it at its time";
  }

  private static String within(Told told) {
    String days = told.days() == 1 ? "a day" : told.days() + " days";
    return told.byPolicy()
        ? "it reaches its maximum age within " + days
        : "its upstream ends it within " + days;
  }

  /** Whether ends and the times to tell of them were worked out under another policy. */
  @Transactional(readOnly = true)
  boolean isOutdated() {
    return !policy.fingerprint().equals(fingerprint().orElse(null));
  }

  private Optional<String> fingerprint() {
    return jdbc.sql("select fingerprint from expiry_policy").query(String.class).optional();
  }

  /** Works them out anew for one credential; locks no other, so that nobody waits in a circle. */
  @Transactional
  void plan(UUID credential) {
    rows.lock(credential).ifPresent(row -> row.plan(policy));
  }

  /** Notes that all of them are worked out under this policy. */
  @Transactional
  void planned() {
    jdbc.sql(
            """
            insert into expiry_policy (fingerprint) values (:fingerprint)
            on conflict (only_one) do update set fingerprint = excluded.fingerprint
            """)
        .param("fingerprint", policy.fingerprint())
        .update();
  }
}
