package dev.rekey.credential;

import dev.rekey.audit.AuditEntry;
import dev.rekey.audit.AuditEvent.Change;
import dev.rekey.audit.AuditLog;
import dev.rekey.audit.AuditType;
import dev.rekey.credential.Credential.Told;
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
 * Tells that credentials end soon or have ended: each threshold of each end once, whoever looks,
 * and however often a policy moves an end away and back.
 */
@Component
class ExpiryLedger {

  private static final long LOCK = 0x52656b6579506c61L;

  /** How many looks in a row nobody has to have taken part in for a policy to be nobody's. */
  private static final int PATIENCE = 4;

  private final CredentialRepository rows;
  private final ExpiryPolicy policy;
  private final ExpiryProperties properties;
  private final AuditLog audit;
  private final DriftMetrics counts;
  private final JdbcClient jdbc;
  private final Clock clock;

  ExpiryLedger(
      CredentialRepository rows,
      ExpiryPolicy policy,
      ExpiryProperties properties,
      AuditLog audit,
      DriftMetrics counts,
      JdbcClient jdbc,
      Clock clock) {
    this.rows = rows;
    this.policy = policy;
    this.properties = properties;
    this.audit = audit;
    this.counts = counts;
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /** Tells what is due, at most so many; says how many it looked at. */
  @Transactional
  int tell(int most) {
    Instant now = clock.instant();
    List<Credential> due = rows.lockToTell(now, Limit.of(most));
    for (Credential credential : due) {
      credential
          .tell(policy, now)
          .filter(told -> isNews(credential, told))
          .ifPresent(told -> append(credential, told));
    }
    return due.size();
  }

  private boolean isNews(Credential credential, Told told) {
    return jdbc.sql(
                """
                insert into credential_told as known (credential_id, ends_at, days)
                values (:credential, :end, :days)
                on conflict (credential_id, ends_at)
                do update set days = excluded.days where known.days > excluded.days
                """)
            .param("credential", credential.id())
            .param("end", SqlTime.of(told.end()))
            .param("days", told.days())
            .update()
        == 1;
  }

  private void append(Credential credential, Told told) {
    audit.append(event(credential, told));
    if (told.isEnd()) {
      counts.count(AuditType.CREDENTIAL_EXPIRED, credential.subject().upstream());
    }
  }

  private static AuditEntry event(Credential credential, Told told) {
    return AuditEntry.ofRekey(
            told.isEnd() ? AuditType.CREDENTIAL_EXPIRED : AuditType.CREDENTIAL_EXPIRING,
            credential.subject())
        .credential(credential.upstreamId(), credential.id())
        .ended(null, told.isEnd() ? ended(told) : within(told))
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

  /**
   * Says that this policy is that of somebody. It takes the place of another one that nobody has
   * said so of for some time.
   *
   * @param anyway whether it takes the place of whatever is in force
   * @return whether it is in force
   */
  @Transactional
  boolean enforce(boolean anyway) {
    return jdbc.sql(
                """
                insert into expiry_policy as known (fingerprint) values (:mine)
                on conflict (only_one)
                do update set fingerprint = excluded.fingerprint, affirmed_at = now()
                where :anyway or known.fingerprint = excluded.fingerprint
                  or known.affirmed_at < now() - make_interval(secs => :patience)
                """)
            .param("mine", policy.fingerprint())
            .param("anyway", anyway)
            .param("patience", PATIENCE * properties.checkEvery().toMillis() / 1000.0)
            .update()
        == 1;
  }

  /**
   * Works out anew what was worked out from another policy, unless another replica is at it.
   *
   * @return for how many, at most so many; those that somebody else is at are left for later
   */
  @Transactional
  int plan(int most) {
    if (!isMine()) {
      return 0;
    }
    List<Credential> others = rows.lockFree(plannedOtherwise(most));
    others.forEach(credential -> credential.plan(policy));
    return others.size();
  }

  private boolean isMine() {
    return jdbc.sql("select pg_try_advisory_xact_lock(:lock)")
        .param("lock", LOCK)
        .query(Boolean.class)
        .single();
  }

  // In an index's order, so that none is passed over that has been planned already.
  private List<UUID> plannedOtherwise(int most) {
    return jdbc.sql(
            """
            select id from (
              (select id from credential where planned_by is null limit :most)
              union all (select id from credential where planned_by < :mine
                order by planned_by limit :most)
              union all (select id from credential where planned_by > :mine
                order by planned_by limit :most)) other
            limit :most
            """)
        .param("mine", policy.id())
        .param("most", most)
        .query((row, _) -> row.getObject("id", UUID.class))
        .list();
  }
}
