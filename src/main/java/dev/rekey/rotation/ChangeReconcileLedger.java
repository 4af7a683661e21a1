package dev.rekey.rotation;

import dev.rekey.credential.Credentials;
import dev.rekey.credential.DriftDetector;
import dev.rekey.platform.Deadline;
import dev.rekey.platform.PathId;
import dev.rekey.platform.query.SqlTime;
import dev.rekey.rotation.MintReconcileLedger.DueMint;
import dev.rekey.upstream.CredentialNaming;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.UpstreamCredential;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Settles updates, deletes and revokes as {@link MintReconcileLedger} settles mints. */
@Component
class ChangeReconcileLedger {

  private final JdbcClient jdbc;
  private final ChangeLedger changes;
  private final Credentials credentials;
  private final DriftDetector drift;
  private final Clock clock;

  ChangeReconcileLedger(
      JdbcClient jdbc,
      ChangeLedger changes,
      Credentials credentials,
      DriftDetector drift,
      Clock clock) {
    this.jdbc = jdbc;
    this.changes = changes;
    this.credentials = credentials;
    this.drift = drift;
    this.clock = clock;
  }

  /** A claimed change of unknown outcome; epoch and checks as in {@link DueMint}. */
  record DueChange(OpenChange change, Instant leaseUntil, int epoch, int checks) {

    Subject subject() {
      return change.by().subject();
    }
  }

  /** Marks changes with an expired lease as unknown, and claims those that are due for a check. */
  @Transactional
  List<DueChange> claim() {
    for (DueChange interrupted : find("state = 'PENDING' and lease_until < clock_timestamp()")) {
      changes.setState(
          interrupted.change(), MutationState.UNKNOWN, MintReconcileLedger.INTERRUPTED, null);
    }
    List<DueChange> due = find("next_check_at <= clock_timestamp()");
    jdbc.sql(
            """
            update credential_change set epoch = epoch + 1, checks = checks + 1,
              next_check_at = clock_timestamp() + make_interval(secs => :claimed)
            where id = any (:ids)
            """)
        .param("ids", due.stream().map(it -> it.change().id()).toArray(UUID[]::new))
        .param("claimed", ClaimedWork.CLAIMED_FOR.toSeconds())
        .update();
    return due;
  }

  /** Locks and reads changes, with the epoch and the checks that a claim gives them. */
  private List<DueChange> find(String where) {
    return jdbc.sql(
            """
            select id, kind, upstream, subject, upstream_id, rotation_id, wanted_name,
              wanted_description, lease_until, epoch + 1 as epoch, checks + 1 as checks
            from credential_change where %s
            order by requested_at limit :most for update skip locked
            """
                .formatted(where))
        .param("most", ClaimedWork.BATCH)
        .query((row, _) -> change(row))
        .list();
  }

  private static DueChange change(ResultSet row) throws SQLException {
    return new DueChange(
        new OpenChange(
            row.getObject("id", UUID.class),
            ChangeKind.valueOf(row.getString("kind")),
            Initiator.rekey(Rows.subject(row)),
            PathId.of(row.getString("upstream_id")),
            row.getObject("rotation_id", UUID.class),
            new CredentialNaming(row.getString("wanted_name"), row.getString("wanted_description")),
            List.of(),
            Deadline.in(Duration.ZERO)),
        SqlTime.instant(row, "lease_until"),
        row.getInt("epoch"),
        row.getInt("checks"));
  }

  /** Schedules the next check. */
  @Transactional
  void checkAgain(DueChange due, Duration in) {
    jdbc.sql(
            """
            update credential_change
            set next_check_at = clock_timestamp() + make_interval(secs => :seconds)
            where id = :id and epoch = :epoch
            """)
        .param("id", due.change().id())
        .param("epoch", due.epoch())
        .param("seconds", SqlTime.seconds(in))
        .update();
  }

  /**
   * Records whether a change was applied. Returns false if the claim has expired.
   *
   * @param seen the credential as its upstream showed it; null if the upstream no longer has it
   * @param asked when the upstream was asked
   */
  @Transactional
  boolean conclude(
      DueChange due,
      boolean applied,
      @Nullable UpstreamCredential seen,
      Instant asked,
      String reason) {
    if (!holds(due)) {
      return false;
    }
    if (seen != null) {
      credentials.recordChange(due.subject(), seen, due.change().update(), asked, clock.instant());
    } else if (due.change().kind() != ChangeKind.UPDATE) {
      credentials.markRetired(due.subject(), due.change().target(), clock.instant());
    }
    changes.setState(
        due.change(), applied ? MutationState.SUCCEEDED : MutationState.NOT_APPLIED, reason, null);
    if (seen == null && due.change().kind() == ChangeKind.UPDATE) {
      drift.notFound(due.subject(), due.change().target(), asked);
    }
    return true;
  }

  private boolean holds(DueChange due) {
    return jdbc.sql(
            "select epoch = :epoch and state = 'UNKNOWN' from credential_change where id = :id"
                + " for update")
        .param("id", due.change().id())
        .param("epoch", due.epoch())
        .query(Boolean.class)
        .single();
  }
}
