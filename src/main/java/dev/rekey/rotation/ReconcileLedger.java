package dev.rekey.rotation;

import dev.rekey.audit.AuditEntry;
import dev.rekey.audit.AuditLog;
import dev.rekey.audit.AuditOutcome;
import dev.rekey.audit.AuditType;
import dev.rekey.credential.Credentials;
import dev.rekey.credential.DriftDetector;
import dev.rekey.platform.PathId;
import dev.rekey.platform.query.SqlTime;
import dev.rekey.upstream.CredentialNaming;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.UpstreamCredential;
import dev.rekey.upstream.UpstreamName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * What the reconciler takes over and what it concludes, each one short transaction. Taking over
 * raises the epoch, so that nobody else can conclude anything about the same mutation.
 */
@Component
class ReconcileLedger {

  private static final String CUT_OFF = "Rekey was stopped before it learnt the outcome";

  /** For how long who took something over may work on it, before another replica tries. */
  private static final Duration TAKEN_FOR = Duration.ofSeconds(90);

  private final JdbcClient jdbc;
  private final ChangeLedger changes;
  private final Credentials credentials;
  private final DriftDetector drift;
  private final AuditLog audit;
  private final Clock clock;

  ReconcileLedger(
      JdbcClient jdbc,
      ChangeLedger changes,
      Credentials credentials,
      DriftDetector drift,
      AuditLog audit,
      Clock clock) {
    this.jdbc = jdbc;
    this.changes = changes;
    this.credentials = credentials;
    this.drift = drift;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * An attempt whose outcome is to be found out.
   *
   * @param made what it made, if known; nobody has its secret
   * @param epoch a conclusion counts only while the attempt's is the same
   * @param checks how often it was looked at, this time included
   */
  record MintDue(
      UUID attempt,
      UUID rotation,
      Subject subject,
      MutationState state,
      @Nullable PathId made,
      Instant startedAt,
      Instant leaseUntil,
      int epoch,
      int checks) {}

  /** A change whose outcome is to be found out by reading; the rest as for {@link MintDue}. */
  record ChangeDue(ChangeLedger.Opened change, Instant leaseUntil, int epoch, int checks) {

    CredentialNaming wanted() {
      return change.update();
    }

    Subject subject() {
      return change.by().subject();
    }
  }

  /**
   * Calls the outcome of every attempt unknown whose replica let its lease run out, and takes over
   * those that are to be looked at now.
   *
   * @param listed the upstreams at which a credential can be found without its id
   */
  @Transactional
  List<MintDue> claimMints(Collection<String> listed, int most) {
    endCutOffMints(listed, most);
    List<MintDue> due =
        jdbc.sql(
                """
                select a.id, a.rotation_id, r.upstream, r.subject, a.state, a.upstream_id,
                  a.started_at, a.lease_until, a.epoch + 1 as epoch, a.checks + 1 as checks
                from rotation_attempt a join rotation r on r.id = a.rotation_id
                where a.next_check_at <= clock_timestamp()
                order by a.next_check_at limit :most for no key update of r, a skip locked
                """)
            .param("most", most)
            .query(ReconcileLedger::mint)
            .list();
    for (MintDue mint : due) {
      jdbc.sql(
              """
              update rotation_attempt set epoch = :epoch, checks = :checks,
                next_check_at = clock_timestamp() + make_interval(secs => :taken)
              where id = :id
              """)
          .param("id", mint.attempt())
          .param("epoch", mint.epoch())
          .param("checks", mint.checks())
          .param("taken", TAKEN_FOR.toSeconds())
          .update();
    }
    return due;
  }

  private void endCutOffMints(Collection<String> listed, int most) {
    List<MintDue> cutOff =
        jdbc.sql(
                """
                select a.id, a.rotation_id, r.upstream, r.subject, a.state, a.upstream_id,
                  a.started_at, a.lease_until, a.epoch, a.checks
                from rotation_attempt a join rotation r on r.id = a.rotation_id
                where a.state = 'PENDING' and a.lease_until < clock_timestamp()
                order by a.lease_until limit :most for no key update of r, a skip locked
                """)
            .param("most", most)
            .query(ReconcileLedger::mint)
            .list();
    for (MintDue mint : cutOff) {
      jdbc.sql(
              """
              update rotation_attempt set state = 'UNKNOWN', reason = :reason, closed_at = :at,
                epoch = epoch + 1, next_check_at = case when :look then clock_timestamp() end
              where id = :id
              """)
          .param("id", mint.attempt())
          .param("reason", CUT_OFF)
          .param("at", SqlTime.of(clock.instant()))
          .param("look", listed.contains(mint.subject().upstream().value()))
          .update();
      move(mint, MutationState.UNKNOWN, CUT_OFF);
      audit.append(entry(mint, AuditType.ROTATION_UNKNOWN).ended(AuditOutcome.UNKNOWN, CUT_OFF));
    }
  }

  /** Looks at it again later; with null, never. */
  @Transactional
  void again(MintDue mint, @Nullable Duration in) {
    jdbc.sql(
            """
            update rotation_attempt
            set next_check_at = clock_timestamp() + make_interval(secs => :seconds)
            where id = :id and epoch = :epoch
            """)
        .param("id", mint.attempt())
        .param("epoch", mint.epoch())
        .param("seconds", in == null ? null : in.toMillis() / 1000.0)
        .update();
  }

  /** Concludes that the attempt made nothing. */
  @Transactional
  boolean notApplied(MintDue mint, String reason, Duration lookAgainIn) {
    if (!holds(mint)) {
      return false;
    }
    end(mint, MutationState.NOT_APPLIED, reason, null, lookAgainIn);
    audit.append(
        entry(mint, AuditType.ROTATION_NOT_APPLIED).ended(AuditOutcome.NOT_APPLIED, reason));
    return true;
  }

  /**
   * Writes down, before it is done, that a credential is to be ended because nobody has its secret.
   *
   * @return false if somebody may have it after all, or others act on the attempt
   */
  @Transactional
  boolean orphanFound(MintDue mint, PathId made) {
    if (!holds(mint) || isDelivered(mint.subject(), made)) {
      return false;
    }
    // From now on it is counted how often its end was tried.
    jdbc.sql(
            "update rotation_attempt set upstream_id = :made,"
                + " checks = case when upstream_id = :made then checks else 1 end where id = :id")
        .param("id", mint.attempt())
        .param("made", made.value())
        .update();
    if (!isTold(mint, AuditType.ROTATION_ORPHAN_FOUND, made)) {
      audit.append(entry(mint, AuditType.ROTATION_ORPHAN_FOUND).credential(made, null));
    }
    return true;
  }

  /** Writes down that it was ended. */
  @Transactional
  boolean orphanRemoved(MintDue mint, PathId made) {
    if (!holds(mint)) {
      return false;
    }
    String reason = "it had made a credential whose secret nobody got";
    credentials.markRetired(mint.subject(), made, clock.instant());
    end(mint, MutationState.ORPHAN_REMOVED, reason, made, null);
    audit.append(
        entry(mint, AuditType.ROTATION_ORPHAN_REMOVED)
            .credential(made, null)
            .ended(AuditOutcome.NOT_APPLIED, reason));
    return true;
  }

  /** Writes down that a credential names the attempt but cannot be proved to be nobody's. */
  @Transactional
  void orphanSuspected(MintDue mint, PathId found, String reason) {
    if (!holds(mint)) {
      return;
    }
    if (!isTold(mint, AuditType.ROTATION_ORPHAN_SUSPECTED, found)) {
      audit.append(
          entry(mint, AuditType.ROTATION_ORPHAN_SUSPECTED)
              .credential(found, null)
              .ended(null, reason));
    }
    again(mint, null);
  }

  private boolean isTold(MintDue mint, AuditType type, PathId made) {
    return jdbc.sql(
            """
            select exists (select from audit_event
              where rotation_id = :rotation and type = :type and upstream_id = :made)
            """)
        .param("rotation", mint.rotation())
        .param("type", type.text())
        .param("made", made.value())
        .query(Boolean.class)
        .single();
  }

  private boolean holds(MintDue mint) {
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

  private void end(
      MintDue mint,
      MutationState state,
      String reason,
      @Nullable PathId made,
      @Nullable Duration lookAgainIn) {
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
        .param("seconds", lookAgainIn == null ? null : lookAgainIn.toMillis() / 1000.0)
        .update();
    move(mint, state, reason);
  }

  // The rotation stands where its last attempt does.
  private void move(MintDue mint, MutationState state, String reason) {
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

  private static AuditEntry entry(MintDue mint, AuditType type) {
    return AuditEntry.ofRekey(type, mint.subject()).rotation(mint.rotation());
  }

  private static MintDue mint(ResultSet row, int index) throws SQLException {
    String made = row.getString("upstream_id");
    return new MintDue(
        row.getObject("id", UUID.class),
        row.getObject("rotation_id", UUID.class),
        subject(row),
        MutationState.valueOf(row.getString("state")),
        made == null ? null : PathId.of(made),
        time(row, "started_at"),
        time(row, "lease_until"),
        row.getInt("epoch"),
        row.getInt("checks"));
  }

  private static Subject subject(ResultSet row) throws SQLException {
    return new Subject(new UpstreamName(row.getString("upstream")), row.getString("subject"));
  }

  private static Instant time(ResultSet row, String column) throws SQLException {
    return Objects.requireNonNull(
        SqlTime.instant(row.getObject(column, java.time.OffsetDateTime.class)));
  }

  /** As {@link #claimMints}, for changes that make no credential. */
  @Transactional
  List<ChangeDue> claimChanges(int most) {
    for (ChangeDue cutOff :
        changes("state = 'PENDING' and lease_until < clock_timestamp()", most)) {
      changes.end(cutOff.change(), MutationState.UNKNOWN, AuditOutcome.UNKNOWN, CUT_OFF, null);
    }
    var due = new ArrayList<ChangeDue>();
    for (ChangeDue found : changes("next_check_at <= clock_timestamp()", most)) {
      var taken =
          new ChangeDue(found.change(), found.leaseUntil(), found.epoch() + 1, found.checks() + 1);
      jdbc.sql(
              """
              update credential_change set epoch = :epoch, checks = :checks,
                next_check_at = clock_timestamp() + make_interval(secs => :taken)
              where id = :id
              """)
          .param("id", taken.change().id())
          .param("epoch", taken.epoch())
          .param("checks", taken.checks())
          .param("taken", TAKEN_FOR.toSeconds())
          .update();
      due.add(taken);
    }
    return due;
  }

  private List<ChangeDue> changes(String which, int most) {
    return jdbc.sql(
            "select id, kind, upstream, subject, upstream_id, rotation_id, wanted_name,"
                + " wanted_description, lease_until, epoch, checks from credential_change where "
                + which
                + " order by requested_at limit :most for update skip locked")
        .param("most", most)
        .query(ReconcileLedger::change)
        .list();
  }

  private static ChangeDue change(ResultSet row, int index) throws SQLException {
    return new ChangeDue(
        new ChangeLedger.Opened(
            row.getObject("id", UUID.class),
            ChangeKind.valueOf(row.getString("kind")),
            new Initiator.OfRekey(subject(row)),
            PathId.of(row.getString("upstream_id")),
            row.getObject("rotation_id", UUID.class),
            new CredentialNaming(row.getString("wanted_name"), row.getString("wanted_description")),
            List.of()),
        time(row, "lease_until"),
        row.getInt("epoch"),
        row.getInt("checks"));
  }

  /** Looks at it again later. */
  @Transactional
  void again(ChangeDue due, Duration in) {
    jdbc.sql(
            """
            update credential_change
            set next_check_at = clock_timestamp() + make_interval(secs => :seconds)
            where id = :id and epoch = :epoch
            """)
        .param("id", due.change().id())
        .param("epoch", due.epoch())
        .param("seconds", in.toMillis() / 1000.0)
        .update();
  }

  /**
   * Concludes whether a change was made.
   *
   * @param seen the credential as it was when its upstream was asked; null if it was gone
   */
  @Transactional
  boolean conclude(
      ChangeDue due,
      boolean applied,
      @Nullable UpstreamCredential seen,
      Instant asked,
      String reason) {
    boolean holds =
        jdbc.sql(
                "select epoch = :epoch and state = 'UNKNOWN' from credential_change where id = :id"
                    + " for update")
            .param("id", due.change().id())
            .param("epoch", due.epoch())
            .query(Boolean.class)
            .single();
    if (!holds) {
      return false;
    }
    if (seen != null) {
      credentials.recordChange(due.subject(), seen, due.wanted(), asked, clock.instant());
    } else if (due.change().kind() != ChangeKind.UPDATE) {
      credentials.markRetired(due.subject(), due.change().target(), clock.instant());
    }
    changes.end(
        due.change(),
        applied ? MutationState.SUCCEEDED : MutationState.NOT_APPLIED,
        applied ? AuditOutcome.SUCCEEDED : AuditOutcome.NOT_APPLIED,
        reason,
        null);
    if (seen == null && due.change().kind() == ChangeKind.UPDATE) {
      drift.notFound(due.subject(), due.change().target(), asked);
    }
    return true;
  }

  /** Forgets keys that are old enough and protect nothing that lives; says how many. */
  @Transactional
  int forgetKeys(Duration olderThan) {
    return jdbc.sql(
            """
            delete from idempotency_key k using rotation r
            where r.id = k.rotation_id and k.created_at < :before
              and r.state not in ('PENDING', 'UNKNOWN')
              and not exists (select from credential c
                where c.id = r.credential_id and c.status in ('ACTIVE', 'RETIRING'))
            """)
        .param("before", SqlTime.of(clock.instant().minus(olderThan)))
        .update();
  }
}
