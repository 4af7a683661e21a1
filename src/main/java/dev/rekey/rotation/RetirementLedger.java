package dev.rekey.rotation;

import dev.rekey.audit.AuditEntry;
import dev.rekey.audit.AuditLog;
import dev.rekey.audit.AuditOutcome;
import dev.rekey.audit.AuditType;
import dev.rekey.credential.Credentials;
import dev.rekey.platform.Ids;
import dev.rekey.platform.PathId;
import dev.rekey.platform.query.SqlTime;
import dev.rekey.upstream.CredentialNaming;
import dev.rekey.upstream.Subject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Schedules the retirement of credentials, and records how far each one has come. */
@Component
class RetirementLedger {

  private final JdbcClient jdbc;
  private final RotationStatuses statuses;
  private final ChangeLedger changes;
  private final Credentials credentials;
  private final AuditLog audit;

  RetirementLedger(
      JdbcClient jdbc,
      RotationStatuses statuses,
      ChangeLedger changes,
      Credentials credentials,
      AuditLog audit) {
    this.jdbc = jdbc;
    this.statuses = statuses;
    this.changes = changes;
    this.credentials = credentials;
    this.audit = audit;
  }

  /**
   * A retirement that is due and claimed.
   *
   * @param credential the credential in the inventory
   * @param successor the last valid credential in the chain of those that replaced it, because
   *     another one may be retired at the same time; null if none of them is valid
   * @param overlapSince since when both credentials have been valid
   * @param quiet how long the credential has to have been unused
   * @param isLost whether it is retired because its secret was lost
   * @param plan a conclusion counts only while plan and tries stay the same
   * @param tries the number of claims, including this one
   */
  record DueRetirement(
      UUID credential,
      UUID rotation,
      Subject subject,
      PathId upstreamId,
      @Nullable PathId successor,
      Instant overlapSince,
      Duration quiet,
      boolean isLost,
      UUID plan,
      int tries) {}

  /**
   * Schedules the retirement of a credential.
   *
   * @param successor the credential that replaces it
   * @param quiet how long it has to have been unused; zero to retire it even if it is in use
   */
  @Transactional(propagation = Propagation.MANDATORY)
  void plan(UUID credential, UUID successor, UUID rotation, Duration in, Duration quiet) {
    credentials.markRetiring(credential, successor);
    jdbc.sql(
            """
            insert into retirement (
              credential_id, plan_id, rotation_id, due_at, quiet_seconds, next_try_at)
            values (:credential, :plan, :rotation,
              clock_timestamp() + make_interval(secs => :in), :quiet,
              clock_timestamp() + make_interval(secs => :in))
            on conflict (credential_id) do update set plan_id = excluded.plan_id,
              rotation_id = excluded.rotation_id,
              due_at = excluded.due_at, quiet_seconds = excluded.quiet_seconds,
              next_try_at = excluded.next_try_at, last_failure = null, done_at = null
            """)
        .param("credential", credential)
        .param("plan", Ids.next())
        .param("rotation", rotation)
        .param("in", in.toSeconds())
        .param("quiet", quiet.toSeconds())
        .update();
  }

  /** Cancels a retirement that a rotation has scheduled, unless it is done. */
  @Transactional(propagation = Propagation.MANDATORY)
  void cancel(UUID credential, UUID rotation) {
    int cancelled =
        jdbc.sql(
                "delete from retirement where credential_id = :credential"
                    + " and rotation_id = :rotation and done_at is null")
            .param("credential", credential)
            .param("rotation", rotation)
            .update();
    if (cancelled > 0) {
      credentials.unretire(credential);
    }
  }

  /** Claims retirements that are due. */
  @Transactional
  List<DueRetirement> claim() {
    return jdbc.sql(
            """
            with due as (
              select credential_id from retirement
              where done_at is null and next_try_at <= clock_timestamp()
              order by next_try_at limit :most for update skip locked)
            update retirement t set tries = t.tries + 1,
              next_try_at = clock_timestamp() + make_interval(secs => :claimed)
            from due, credential c, rotation cause
            where t.credential_id = due.credential_id and c.id = t.credential_id
              and cause.id = t.rotation_id
            returning t.credential_id, t.rotation_id, t.quiet_seconds, t.plan_id, t.tries,
              c.upstream, c.subject, c.upstream_id, cause.closed_at,
              exists (select from rotation r join rotation lost on lost.id = r.reissue_of
                where r.id = t.rotation_id and lost.credential_id = t.credential_id) as is_lost, (
                with recursive successor as (
                  select n.id, n.upstream_id, n.status, n.replaced_by, 1 as distance
                  from credential n where n.id = c.replaced_by
                  union all
                  select n.id, n.upstream_id, n.status, n.replaced_by, s.distance + 1
                  from successor s join credential n on n.id = s.replaced_by
                  where s.distance < 100)
                select s.upstream_id from successor s
                where s.status in ('ACTIVE', 'RETIRING') and s.id <> c.id
                order by s.distance desc limit 1) as successor
            """)
        .param("most", ClaimedWork.BATCH)
        .param("claimed", ClaimedWork.CLAIMED_FOR.toSeconds())
        .query((row, _) -> due(row))
        .list();
  }

  private static DueRetirement due(ResultSet row) throws SQLException {
    String successor = row.getString("successor");
    return new DueRetirement(
        row.getObject("credential_id", UUID.class),
        row.getObject("rotation_id", UUID.class),
        Rows.subject(row),
        PathId.of(row.getString("upstream_id")),
        successor == null ? null : PathId.of(successor),
        SqlTime.instant(row, "closed_at"),
        Duration.ofSeconds(row.getInt("quiet_seconds")),
        row.getBoolean("is_lost"),
        row.getObject("plan_id", UUID.class),
        row.getInt("tries"));
  }

  /**
   * Commits the delete or revoke before it is sent. After that the retirement cannot be cancelled.
   * Empty if it was cancelled, or the claim has expired.
   */
  @Transactional
  Optional<OpenChange> begin(DueRetirement due, ChangeKind kind) {
    return holds(due)
        ? Optional.of(
            changes.open(
                kind,
                Initiator.rekey(due.subject()),
                due.upstreamId(),
                due.rotation(),
                CredentialNaming.NONE))
        : Optional.empty();
  }

  /** Records that the credential is retired. */
  @Transactional
  void done(DueRetirement due) {
    jdbc.sql(
            "update retirement set done_at = clock_timestamp(), last_failure = null"
                + " where credential_id = :credential and done_at is null")
        .param("credential", due.credential())
        .update();
  }

  /** Records why it failed, and schedules the next try. */
  @Transactional
  void failed(DueRetirement due, String why, Duration in) {
    jdbc.sql(
            """
            update retirement set last_failure = :why,
              next_try_at = clock_timestamp() + make_interval(secs => :in)
            where credential_id = :credential and plan_id = :plan and tries = :tries
              and done_at is null
            """)
        .param("credential", due.credential())
        .param("plan", due.plan())
        .param("tries", due.tries())
        .param("why", why)
        .param("in", in.toSeconds())
        .update();
  }

  /** Postpones the retirement, because the credential is in use. */
  @Transactional
  boolean stillUsed(DueRetirement due, String reason, Duration in) {
    if (!holds(due)) {
      return false;
    }
    jdbc.sql(
            """
            update retirement set due_at = clock_timestamp() + make_interval(secs => :in),
              next_try_at = clock_timestamp() + make_interval(secs => :in), last_failure = null
            where credential_id = :credential
            """)
        .param("credential", due.credential())
        .param("in", in.toSeconds())
        .update();
    audit.append(entry(due, AuditType.OLD_CREDENTIAL_STILL_USED).result(null, reason));
    return true;
  }

  /** Cancels the retirement, because no valid credential replaces this one. */
  @Transactional
  boolean withoutSuccessor(DueRetirement due, String reason) {
    // The rotation is locked first, in the order of RotationStatuses.lock.
    statuses.lockRow(due.rotation());
    if (!holds(due)) {
      return false;
    }
    cancel(due.credential(), due.rotation());
    jdbc.sql("update rotation set confirmed_at = null, reverted_at = null where id = :id")
        .param("id", due.rotation())
        .update();
    audit.append(
        entry(due, AuditType.RETIREMENT_CANCELLED).result(AuditOutcome.NOT_ATTEMPTED, reason));
    return true;
  }

  private boolean holds(DueRetirement due) {
    return jdbc.sql(
            "select plan_id = :plan and tries = :tries and done_at is null from retirement"
                + " where credential_id = :credential for update")
        .param("credential", due.credential())
        .param("plan", due.plan())
        .param("tries", due.tries())
        .query(Boolean.class)
        .optional()
        .orElse(false);
  }

  private static AuditEntry entry(DueRetirement due, AuditType type) {
    return AuditEntry.ofRekey(type, due.subject())
        .rotation(due.rotation())
        .credential(due.upstreamId(), due.credential());
  }

  /** Marks retirements as done whose credential was retired in another way. */
  @Transactional
  void markRetired() {
    jdbc.sql(
            """
            update retirement set done_at = clock_timestamp(), last_failure = null
            where credential_id in (
              select t.credential_id from retirement t join credential c on c.id = t.credential_id
              where t.done_at is null and c.status = 'RETIRED'
              order by t.credential_id for update of t skip locked)
            """)
        .update();
  }
}
