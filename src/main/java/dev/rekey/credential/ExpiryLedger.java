package dev.rekey.credential;

import static dev.rekey.audit.AuditType.CREDENTIAL_EXPIRED;
import static dev.rekey.audit.AuditType.CREDENTIAL_EXPIRING;

import dev.rekey.audit.AuditEntry;
import dev.rekey.audit.AuditEvent.Change;
import dev.rekey.audit.AuditLog;
import dev.rekey.audit.AuditType;
import dev.rekey.credential.ExpiryNotice.Reached;
import dev.rekey.platform.query.SqlTime;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Records that credentials expire soon or have expired: each threshold of each expiry once, also
 * with several replicas, and also if a policy moves an expiry away and back.
 */
@Component
class ExpiryLedger {

  private static final long LOCK = 0x52656b6579506c61L;

  private final CredentialRepository rows;
  private final ExpiryPolicy policy;
  private final AuditLog audit;
  private final DriftMetrics metrics;
  private final JdbcClient jdbc;
  private final Clock clock;

  ExpiryLedger(
      CredentialRepository rows,
      ExpiryPolicy policy,
      AuditLog audit,
      DriftMetrics metrics,
      JdbcClient jdbc,
      Clock clock) {
    this.rows = rows;
    this.policy = policy;
    this.audit = audit;
    this.metrics = metrics;
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /** Records due notifications of at most so many credentials; returns how many it checked. */
  @Transactional
  int notifyDue(int limit) {
    Instant now = clock.instant();
    List<Credential> due = rows.lockToNotify(now, Limit.of(limit));
    for (Credential credential : due) {
      credential
          .notifyExpiry(policy, now)
          .filter(reached -> isFirst(credential, reached))
          .ifPresent(reached -> append(credential, reached));
    }
    return due.size();
  }

  private boolean isFirst(Credential credential, Reached reached) {
    return jdbc.sql(
                """
                insert into credential_told as known (credential_id, ends_at, days)
                values (:credential, :expiry, :days)
                on conflict (credential_id, ends_at)
                do update set days = excluded.days where known.days > excluded.days
                """)
            .param("credential", credential.id())
            .param("expiry", SqlTime.of(reached.expiry()))
            .param("days", reached.days())
            .update()
        == 1;
  }

  private void append(Credential credential, Reached reached) {
    AuditType type = reached.isExpiry() ? CREDENTIAL_EXPIRED : CREDENTIAL_EXPIRING;
    String field = reached.byPolicy() ? "policyExpiresAt" : "expiresAt";
    audit.append(
        AuditEntry.ofRekey(type, credential.subject())
            .credential(credential.upstreamId(), credential.id())
            .result(null, reason(reached))
            .changes(
                List.of(
                    new Change("days", null, Integer.toString(reached.days())),
                    new Change(field, null, reached.expiry().toString()))));
    if (reached.isExpiry()) {
      metrics.count(type, credential.subject().upstream());
    }
  }

  private static String reason(Reached reached) {
    if (reached.isExpiry()) {
      return reached.byPolicy()
          ? "it reached its maximum age, and still works"
          : "it expired at its upstream";
    }
    return (reached.byPolicy() ? "it reaches its maximum age" : "it expires at its upstream")
        + (reached.days() == 1 ? " within a day" : " within " + reached.days() + " days");
  }

  /**
   * Plans at most so many credentials anew that were planned by another policy; returns how many.
   * Does nothing while another replica does so, and skips locked rows.
   */
  @Transactional
  int plan(int limit) {
    if (!rows.tryLock(LOCK)) {
      return 0;
    }
    List<Credential> outdated = rows.lockUnlocked(plannedByOthers(limit));
    outdated.forEach(credential -> credential.plan(policy));
    return outdated.size();
  }

  // In the order of the index, which then skips the rows that this policy has planned.
  private List<UUID> plannedByOthers(int limit) {
    return jdbc.sql(
            """
            select id from (
              (select id from credential where planned_by is null limit :limit)
              union all (select id from credential where planned_by < :mine
                order by planned_by limit :limit)
              union all (select id from credential where planned_by > :mine
                order by planned_by limit :limit)) other
            limit :limit
            """)
        .params(Map.of("mine", policy.id(), "limit", limit))
        .query((row, _) -> row.getObject("id", UUID.class))
        .list();
  }
}
