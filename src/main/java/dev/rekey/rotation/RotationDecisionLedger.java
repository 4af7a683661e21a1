package dev.rekey.rotation;

import dev.rekey.access.Permit;
import dev.rekey.audit.AuditEntry;
import dev.rekey.audit.AuditLog;
import dev.rekey.audit.AuditType;
import dev.rekey.platform.query.SqlTime;
import dev.rekey.rotation.RotationStatus.Known;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * What is decided about a rotation after its mint, each decision one short transaction. All of them
 * throw a {@code wrong-state} problem if the rotation does not stand so.
 */
@Component
class RotationDecisionLedger {

  /** An older credential that was used within this time is not ended, unless by force. */
  private static final Duration LEAST_QUIET = Duration.ofHours(24);

  private static final Duration DEFAULT_GRACE = Duration.ofHours(24);

  private final JdbcClient jdbc;
  private final RotationStatuses standings;
  private final RetirementLedger retirements;
  private final AuditLog audit;
  private final Clock clock;

  RotationDecisionLedger(
      JdbcClient jdbc,
      RotationStatuses standings,
      RetirementLedger retirements,
      AuditLog audit,
      Clock clock) {
    this.jdbc = jdbc;
    this.standings = standings;
    this.retirements = retirements;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * Plans the end of the older credential, since the new one works.
   *
   * @param grace until then; null for what was said before, or the default
   * @param force whether it ends even if it is used
   * @param why what confirms it, if not a caller
   */
  @Transactional
  void confirm(
      UUID rotation, Initiator by, @Nullable Duration grace, boolean force, @Nullable String why) {
    RotationStatus standing = standings.lock(rotation);
    standing.demand(Action.CONFIRM);
    Known made = Objects.requireNonNull(standing.made());
    Known older = Objects.requireNonNull(standing.older());
    Duration in =
        grace != null ? grace : standing.grace() != null ? standing.grace() : DEFAULT_GRACE;
    Duration quiet = in.compareTo(LEAST_QUIET) < 0 ? LEAST_QUIET : in;
    jdbc.sql(
            "update rotation set confirmed_at = :at, grace_seconds = :grace, next_look_at = null"
                + " where id = :id")
        .param("id", rotation)
        .param("at", SqlTime.of(clock.instant()))
        .param("grace", (int) in.toSeconds())
        .update();
    retirements.plan(older.id(), made.id(), rotation, in, force ? Duration.ZERO : quiet);
    audit.append(
        about(by.entry(AuditType.ROTATION_CONFIRMED), rotation, older)
            .ended(null, (why == null ? "" : why + "; ") + "the older one ends in " + in));
  }

  /** Plans the end of the new credential at once, and keeps the older one. */
  @Transactional
  void revert(UUID rotation, Permit.Write permit) {
    RotationStatus standing = standings.lock(rotation);
    standing.demand(Action.REVERT);
    Known made = Objects.requireNonNull(standing.made());
    Known older = Objects.requireNonNull(standing.older());
    jdbc.sql("update rotation set reverted_at = :at, next_look_at = null where id = :id")
        .param("id", rotation)
        .param("at", SqlTime.of(clock.instant()))
        .update();
    retirements.cancel(older.id(), rotation);
    retirements.plan(made.id(), older.id(), rotation, Duration.ZERO, Duration.ZERO);
    audit.append(about(AuditEntry.of(AuditType.ROTATION_REVERTED, permit), rotation, made));
  }

  /**
   * Makes sure that the rotation can be reissued, and that the older credential, which may be the
   * only one that works, is not ended meanwhile.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  void reissuing(UUID rotation, Permit.Write permit) {
    RotationStatus standing = standings.lock(rotation);
    standing.demand(Action.REISSUE);
    keepOlder(standing, permit);
  }

  private void keepOlder(RotationStatus standing, Permit.Write permit) {
    UUID rotation = standing.rotation();
    Known older = standing.older();
    if (older != null && standing.isOlderPlanned() && !standing.isOlderBeingEnded()) {
      retirements.cancel(older.id(), rotation);
      jdbc.sql("update rotation set confirmed_at = null where id = :id")
          .param("id", rotation)
          .update();
      audit.append(
          about(AuditEntry.of(AuditType.RETIREMENT_CANCELLED, permit), rotation, older)
              .ended(null, "the secret of the one that took its place was lost"));
    }
  }

  /**
   * Plans the end of the credential whose secret was lost, now that there is another.
   *
   * @param as the rotation that made the other
   */
  @Transactional(propagation = Propagation.MANDATORY)
  void reissued(UUID rotation, UUID as, UUID credential, Permit.Write permit) {
    RotationStatus standing = standings.lock(rotation);
    Known lost = Objects.requireNonNull(standing.made());
    keepOlder(standing, permit);
    retirements.plan(lost.id(), credential, as, Duration.ZERO, Duration.ZERO);
    audit.append(
        about(AuditEntry.of(AuditType.ROTATION_REISSUED, permit), rotation, lost)
            .ended(null, "rotation " + as + " took its place"));
  }

  /** Closes a rotation whose outcome stays unknown. */
  @Transactional
  void resolve(UUID rotation, Permit.Administer permit, String reason) {
    standings.lock(rotation).demand(Action.RESOLVE);
    jdbc.sql(
            "update rotation_attempt set state = 'RESOLVED', reason = :reason, epoch = epoch + 1,"
                + " next_check_at = null where rotation_id = :id and state = 'UNKNOWN'")
        .param("id", rotation)
        .param("reason", reason)
        .update();
    jdbc.sql("update rotation set state = 'RESOLVED', reason = :reason where id = :id")
        .param("id", rotation)
        .param("reason", reason)
        .update();
    audit.append(
        AuditEntry.of(AuditType.ROTATION_RESOLVED, permit).rotation(rotation).ended(null, reason));
  }

  private static AuditEntry about(AuditEntry entry, UUID rotation, Known credential) {
    return entry.rotation(rotation).credential(credential.upstreamId(), credential.id());
  }

  /** Takes over rotations whose new credential's first use is to be looked for. */
  @Transactional
  List<RotationStatus> claimLooks(int most, Duration takenFor) {
    List<UUID> due =
        jdbc.sql(
                """
                with due as (
                  select id from rotation where next_look_at <= clock_timestamp()
                  order by next_look_at limit :most for update skip locked)
                update rotation r
                set next_look_at = clock_timestamp() + make_interval(secs => :taken)
                from due where r.id = due.id returning r.id
                """)
            .param("most", most)
            .param("taken", takenFor.toSeconds())
            .query((row, _) -> row.getObject(1, UUID.class))
            .list();
    return List.copyOf(standings.find(due).values());
  }

  /** Looks again later; with null, never. */
  @Transactional
  void lookAgain(UUID rotation, @Nullable Duration in) {
    jdbc.sql(
            """
            update rotation set next_look_at = clock_timestamp() + make_interval(secs => :in)
            where id = :id and next_look_at is not null
            """)
        .param("id", rotation)
        .param("in", in == null ? null : in.toMillis() / 1000.0)
        .update();
  }

  /**
   * Writes down, once, which rotations nobody has confirmed for so long, and returns them. Nothing
   * is ended.
   */
  @Transactional
  List<RotationStatus> unconfirmed(Duration after, int most) {
    List<UUID> due =
        jdbc.sql(
                """
                select r.id from rotation r join credential older on older.id = r.replaces
                where r.state = 'SUCCEEDED' and r.confirmed_at is null and r.reverted_at is null
                  and r.unconfirmed_at is null and older.status = 'ACTIVE'
                  and r.closed_at < :before
                  and not exists (select from rotation n
                    where n.reissue_of = r.id and n.state = 'SUCCEEDED')
                order by r.closed_at limit :most for update of r skip locked
                """)
            .param("before", SqlTime.of(clock.instant().minus(after)))
            .param("most", most)
            .query((row, _) -> row.getObject(1, UUID.class))
            .list();
    List<RotationStatus> found = List.copyOf(standings.find(due).values());
    for (RotationStatus standing : found) {
      jdbc.sql("update rotation set unconfirmed_at = :at where id = :id")
          .param("id", standing.rotation())
          .param("at", SqlTime.of(clock.instant()))
          .update();
      audit.append(
          about(
                  AuditEntry.ofRekey(AuditType.ROTATION_UNCONFIRMED, standing.subject()),
                  standing.rotation(),
                  Objects.requireNonNull(standing.older()))
              .ended(null, "not confirmed within " + after + "; nothing is ended"));
    }
    return found;
  }
}
