package dev.rekey.rotation;

import dev.rekey.audit.AuditEntry;
import dev.rekey.audit.AuditLog;
import dev.rekey.audit.AuditOutcome;
import dev.rekey.audit.AuditType;
import dev.rekey.credential.Credentials;
import dev.rekey.platform.PathId;
import dev.rekey.platform.query.SqlTime;
import dev.rekey.upstream.Subject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Claims mint attempts of unknown outcome and records what the reconciler concludes about them,
 * each in one short transaction. A claim raises the epoch, so that a later claim invalidates it.
 */
@Component
class MintReconcileLedger {

  static final String INTERRUPTED = "Rekey was stopped before it learnt the outcome";

  private final JdbcClient jdbc;
  private final Credentials credentials;
  private final AuditLog audit;
  private final Clock clock;

  MintReconcileLedger(JdbcClient jdbc, Credentials credentials, AuditLog audit, Clock clock) {
    this.jdbc = jdbc;
    this.credentials = credentials;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * A claimed attempt whose outcome is to be found out.
   *
   * @param made the credential that it made, if that is known; its secret was not delivered
   * @param epoch a conclusion counts only while the attempt has this epoch
   * @param checks the number of checks, including this one
   */
  record DueMint(
      UUID attempt,
      UUID rotation,
      Subject subject,
      MutationState state,
      @Nullable PathId made,
      Instant startedAt,
      Instant leaseUntil,
      int epoch,
      int checks) {}

  /**
   * Marks attempts with an expired lease as unknown, and claims attempts that are due for a check.
   *
   * @param listable the upstreams that list their credentials
   */
  @Transactional
  List<DueMint> claim(Collection<String> listable) {
    closeInterrupted(listable);
    List<DueMint> due = find("a.next_check_at <= clock_timestamp() order by a.next_check_at");
    jdbc.sql(
            """
            update rotation_attempt set epoch = epoch + 1, checks = checks + 1,
              next_check_at = clock_timestamp() + make_interval(secs => :claimed)
            where id = any (:ids)
            """)
        .param("ids", due.stream().map(DueMint::attempt).toArray(UUID[]::new))
        .param("claimed", ClaimedWork.CLAIMED_FOR.toSeconds())
        .update();
    return due;
  }

  private void closeInterrupted(Collection<String> listable) {
    for (DueMint mint :
        find("a.state = 'PENDING' and a.lease_until < clock_timestamp() order by a.lease_until")) {
      jdbc.sql(
              """
              update rotation_attempt set state = 'UNKNOWN', reason = :reason, closed_at = :at,
                epoch = epoch + 1, next_check_at = case when :check then clock_timestamp() end
              where id = :id
              """)
          .param("id", mint.attempt())
          .param("reason", INTERRUPTED)
          .param("at", SqlTime.of(clock.instant()))
          .param("check", listable.contains(mint.subject().upstream().value()))
          .update();
      updateRotation(mint, MutationState.UNKNOWN, INTERRUPTED);
      audit.append(
          entry(mint, AuditType.ROTATION_UNKNOWN).result(AuditOutcome.UNKNOWN, INTERRUPTED));
    }
  }

  /** Locks and reads attempts, with the epoch and the checks that a claim gives them. */
  private List<DueMint> find(String whereAndOrder) {
    return jdbc.sql(
            """
            select a.id, a.rotation_id, r.upstream, r.subject, a.state, a.upstream_id,
              a.started_at, a.lease_until, a.epoch + 1 as epoch, a.checks + 1 as checks
            from rotation_attempt a join rotation r on r.id = a.rotation_id
            where %s limit :most for no key update of r, a skip locked
            """
                .formatted(whereAndOrder))
        .param("most", ClaimedWork.BATCH)
        .query((row, _) -> mint(row))
        .list();
  }

  /** Schedules the next check; null for no further check. */
  @Transactional
  void checkAgain(DueMint mint, @Nullable Duration in) {
    jdbc.sql(
            """
            update rotation_attempt
            set next_check_at = clock_timestamp() + make_interval(secs => :seconds)
            where id = :id and epoch = :epoch
            """)
        .param("id", mint.attempt())
        .param("epoch", mint.epoch())
        .param("seconds", SqlTime.seconds(in))
        .update();
  }

  /** Records that the attempt made nothing. Returns false if the claim has expired. */
  @Transactional
  boolean notApplied(DueMint mint, String reason, Duration checkAgainIn) {
    if (!holds(mint)) {
      return false;
    }
    close(mint, MutationState.NOT_APPLIED, reason, null, checkAgainIn);
    audit.append(
        entry(mint, AuditType.ROTATION_NOT_APPLIED).result(AuditOutcome.NOT_APPLIED, reason));
    return true;
  }

  /**
   * Records, before the credential is retired, that its secret was not delivered. Returns false if
   * it may have been delivered, or the claim has expired.
   */
  @Transactional
  boolean orphanFound(DueMint mint, PathId made) {
    if (!holds(mint) || isDelivered(mint.subject(), made)) {
      return false;
    }
    // From here on, checks counts how often the credential's removal was tried.
    jdbc.sql(
            "update rotation_attempt set upstream_id = :made,"
                + " checks = case when upstream_id = :made then checks else 1 end where id = :id")
        .param("id", mint.attempt())
        .param("made", made.value())
        .update();
    appendOnce(mint, AuditType.ROTATION_ORPHAN_FOUND, made, null);
    return true;
  }

  /** Records that the credential was retired. Returns false if the claim has expired. */
  @Transactional
  boolean orphanRemoved(DueMint mint, PathId made) {
    if (!holds(mint)) {
      return false;
    }
    String reason = "it had made a credential whose secret was not delivered";
    credentials.markRetired(mint.subject(), made, clock.instant());
    close(mint, MutationState.ORPHAN_REMOVED, reason, made, null);
    audit.append(
        entry(mint, AuditType.ROTATION_ORPHAN_REMOVED)
            .credential(made, null)
            .result(AuditOutcome.NOT_APPLIED, reason));
    return true;
  }

  /** Records that a credential names the attempt, but may have been made by somebody else. */
  @Transactional
  void orphanSuspected(DueMint mint, PathId found, String reason) {
    if (holds(mint)) {
      appendOnce(mint, AuditType.ROTATION_ORPHAN_SUSPECTED, found, reason);
      checkAgain(mint, null);
    }
  }

  private void appendOnce(DueMint mint, AuditType type, PathId found, @Nullable String reason) {
    boolean isRecorded =
        jdbc.sql(
                """
                select exists (select from audit_event
                  where rotation_id = :rotation and type = :type and upstream_id = :found)
                """)
            .param("rotation", mint.rotation())
            .param("type", type.text())
            .param("found", found.value())
            .query(Boolean.class)
            .single();
    if (!isRecorded) {
      audit.append(entry(mint, type).credential(found, null).result(null, reason));
    }
  }

  private boolean holds(DueMint mint) {
    return jdbc.sql(
            """
            select a.epoch = :epoch and a.state in ('UNKNOWN', 'NOT_APPLIED')
            from rotation r join rotation_attempt a on a.rotation_id = r.id
            where a.id = :id for no key update of r, a
            """)
        .param("id", mint.attempt())
        .param("epoch", mint.epoch())
        .query(Boolean.class)
        .single();
  }

  private boolean isDelivered(Subject subject, PathId made) {
    return jdbc.sql(
            """
            select exists (
              select from credential c join rotation r on r.id = c.rotation_id
              where c.upstream = :upstream and c.subject = :subject and c.upstream_id = :made
                and r.state = 'SUCCEEDED')
            """)
        .param("upstream", subject.upstream().value())
        .param("subject", subject.name())
        .param("made", made.value())
        .query(Boolean.class)
        .single();
  }

  private void close(
      DueMint mint,
      MutationState state,
      String reason,
      @Nullable PathId made,
      @Nullable Duration checkAgainIn) {
    jdbc.sql(
            """
            update rotation_attempt set state = :state, reason = :reason,
              upstream_id = coalesce(:made, upstream_id),
              next_check_at = clock_timestamp() + make_interval(secs => :seconds)
            where id = :id
            """)
        .param("id", mint.attempt())
        .param("state", state.name())
        .param("reason", reason)
        .param("made", made == null ? null : made.value())
        .param("seconds", SqlTime.seconds(checkAgainIn))
        .update();
    updateRotation(mint, state, reason);
  }

  /** A rotation has the state of its last attempt. */
  private void updateRotation(DueMint mint, MutationState state, String reason) {
    jdbc.sql(
            """
            update rotation r set state = :state, reason = :reason,
              closed_at = coalesce(closed_at, :at)
            where r.id = :rotation and not exists (
              select from rotation_attempt a join rotation_attempt b on b.rotation_id = r.id
              where a.id = :attempt and b.number > a.number)
            """)
        .param("rotation", mint.rotation())
        .param("attempt", mint.attempt())
        .param("state", state.name())
        .param("reason", reason)
        .param("at", SqlTime.of(clock.instant()))
        .update();
  }

  private static AuditEntry entry(DueMint mint, AuditType type) {
    return AuditEntry.ofRekey(type, mint.subject()).rotation(mint.rotation());
  }

  private static DueMint mint(ResultSet row) throws SQLException {
    String made = row.getString("upstream_id");
    return new DueMint(
        row.getObject("id", UUID.class),
        row.getObject("rotation_id", UUID.class),
        Rows.subject(row),
        MutationState.valueOf(row.getString("state")),
        made == null ? null : PathId.of(made),
        SqlTime.instant(row, "started_at"),
        SqlTime.instant(row, "lease_until"),
        row.getInt("epoch"),
        row.getInt("checks"));
  }
}
