package dev.rekey.credential;

import dev.rekey.audit.AuditEntry;
import dev.rekey.audit.AuditEvent.Change;
import dev.rekey.audit.AuditLog;
import dev.rekey.audit.AuditType;
import dev.rekey.platform.query.SqlTime;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
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

  /** After so many check intervals without a confirmation another policy may replace one. */
  private static final int INTERVALS_TO_WAIT = 4;

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

  private boolean isFirst(Credential credential, ExpiryNotice.Reached reached) {
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

  private void append(Credential credential, ExpiryNotice.Reached reached) {
    audit.append(event(credential, reached));
    if (reached.isExpiry()) {
      metrics.count(AuditType.CREDENTIAL_EXPIRED, credential.subject().upstream());
    }
  }

  private static AuditEntry event(Credential credential, ExpiryNotice.Reached reached) {
    return AuditEntry.ofRekey(
            reached.isExpiry() ? AuditType.CREDENTIAL_EXPIRED : AuditType.CREDENTIAL_EXPIRING,
            credential.subject())
        .credential(credential.upstreamId(), credential.id())
        .result(null, reached.isExpiry() ? expired(reached) : expiring(reached))
        .changes(
            List.of(
                new Change("days", null, Integer.toString(reached.days())),
                new Change(
                    reached.byPolicy() ? "policyExpiresAt" : "expiresAt",
                    null,
                    reached.expiry().toString())));
  }

  private static String expired(ExpiryNotice.Reached reached) {
    return reached.byPolicy()
        ? "it reached its maximum age, and still works"
        : "it expired at its upstream";
  }

  private static String expiring(ExpiryNotice.Reached reached) {
    String days = reached.days() == 1 ? "a day" : reached.days() + " days";
    return reached.byPolicy()
        ? "it reaches its maximum age within " + days
        : "it expires at its upstream within " + days;
  }

  /**
   * Confirms that this replica's policy is in use. Replaces another policy if no replica has
   * confirmed it for some time.
   *
   * @param force true to replace another policy in any case
   * @return true if this replica's policy is in force
   */
  @Transactional
  boolean enforce(boolean force) {
    return jdbc.sql(
                """
                insert into expiry_policy as known (fingerprint) values (:mine)
                on conflict (only_one)
                do update set fingerprint = excluded.fingerprint, affirmed_at = now()
                where :force or known.fingerprint = excluded.fingerprint
                  or known.affirmed_at < now() - make_interval(secs => :wait)
                """)
            .param("mine", policy.fingerprint())
            .param("force", force)
            .param("wait", INTERVALS_TO_WAIT * policy.checkEvery().toMillis() / 1000.0)
            .update()
        == 1;
  }

  /**
   * Plans credentials anew that were planned by another policy. Does nothing while another replica
   * does so, and skips locked rows.
   *
   * @return how many it planned, at most {@code limit}
   */
  @Transactional
  int plan(int limit) {
    if (!tryLock()) {
      return 0;
    }
    List<Credential> outdated = rows.lockUnlocked(plannedByOthers(limit));
    outdated.forEach(credential -> credential.plan(policy));
    return outdated.size();
  }

  private boolean tryLock() {
    return jdbc.sql("select pg_try_advisory_xact_lock(:lock)")
        .param("lock", LOCK)
        .query(Boolean.class)
        .single();
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
        .param("mine", policy.id())
        .param("limit", limit)
        .query((row, _) -> row.getObject("id", UUID.class))
        .list();
  }
}
