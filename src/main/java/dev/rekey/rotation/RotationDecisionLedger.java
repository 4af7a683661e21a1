package dev.rekey.rotation;

import dev.rekey.access.Permit;
import dev.rekey.audit.AuditEntry;
import dev.rekey.audit.AuditLog;
import dev.rekey.audit.AuditType;
import dev.rekey.platform.query.SqlTime;
import dev.rekey.rotation.RotationRequest.Reissue;
import dev.rekey.rotation.RotationStatus.Action;
import dev.rekey.rotation.RotationStatus.Known;
import dev.rekey.rotation.RotationStatus.OldCredential;
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
 * Records decisions about a rotation after its mint, each in one short transaction. Every decision
 * throws a {@code wrong-state} problem if it is not possible.
 */
@Component
class RotationDecisionLedger {

  /** A credential used within this time is not retired, unless that is forced. */
  private static final Duration LEAST_QUIET = Duration.ofHours(24);

  private static final Duration DEFAULT_GRACE = Duration.ofHours(24);

  private final JdbcClient jdbc;
  private final RotationStatuses statuses;
  private final RetirementLedger retirements;
  private final AuditLog audit;
  private final Clock clock;

  RotationDecisionLedger(
      JdbcClient jdbc,
      RotationStatuses statuses,
      RetirementLedger retirements,
      AuditLog audit,
      Clock clock) {
    this.jdbc = jdbc;
    this.statuses = statuses;
    this.retirements = retirements;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * Schedules the retirement of the old credential, because the new one works.
   *
   * @param grace how long it stays valid; null for what was requested before, or the default
   * @param force whether it is retired even if it is in use
   * @param why the evidence, if it is not a caller who confirms; else null
   */
  @Transactional
  void confirm(
      UUID rotation, Initiator by, @Nullable Duration grace, boolean force, @Nullable String why) {
    RotationStatus status = statuses.lock(rotation);
    status.require(Action.CONFIRM);
    Known made = Objects.requireNonNull(status.made());
    Known old = Objects.requireNonNull(status.old()).known();
    Duration requested = grace != null ? grace : status.terms().grace();
    Duration in = graceOf(requested);
    Duration quiet = in.compareTo(LEAST_QUIET) < 0 ? LEAST_QUIET : in;
    confirmEarlier(rotation, old, by);
    jdbc.sql(
            "update rotation set confirmed_at = :at, grace_seconds = :grace, next_look_at = null"
                + " where id = :id")
        .param("id", rotation)
        .param("at", SqlTime.of(clock.instant()))
        .param("grace", (int) in.toSeconds())
        .update();
    retirements.plan(old.id(), made.id(), rotation, in, force ? Duration.ZERO : quiet);
    audit.append(
        about(by.entry(AuditType.ROTATION_CONFIRMED), rotation, old)
            .result(
                null, (why == null ? "" : why + "; ") + "the old credential is retired in " + in));
  }

  /**
   * Confirms the rotation that made the old credential, too, if both secrets were delivered: the
   * target has passed it, so nobody uses what that one replaced.
   */
  private void confirmEarlier(UUID rotation, Known old, Initiator by) {
    jdbc.sql(
            """
            select m.id from credential c
              join rotation m on m.id = c.rotation_id
              join secret_delivery earlier on earlier.rotation_id = m.id
              join secret_delivery later on later.rotation_id = :rotation
                and later.target = earlier.target
            where c.id = :old and m.confirmed_at is null and m.replaces is not null
            """)
        .param("rotation", rotation)
        .param("old", old.id())
        .query((row, _) -> row.getObject("id", UUID.class))
        .optional()
        .filter(earlier -> statuses.lock(earlier).possible().contains(Action.CONFIRM))
        .ifPresent(
            earlier ->
                confirm(
                    earlier, by, null, false, "the target has a newer credential, which is used"));
  }

  /** The grace that was requested or, for null, the default. */
  static Duration graceOf(@Nullable Duration requested) {
    return requested != null ? requested : DEFAULT_GRACE;
  }

  /** Schedules the retirement of the new credential at once, and keeps the old one. */
  @Transactional
  void revert(UUID rotation, Permit.Write permit) {
    RotationStatus status = statuses.lock(rotation);
    status.require(Action.REVERT);
    Known made = Objects.requireNonNull(status.made());
    Known old = Objects.requireNonNull(status.old()).known();
    jdbc.sql("update rotation set reverted_at = :at, next_look_at = null where id = :id")
        .param("id", rotation)
        .param("at", SqlTime.of(clock.instant()))
        .update();
    retirements.cancel(old.id(), rotation);
    retirements.plan(made.id(), old.id(), rotation, Duration.ZERO, Duration.ZERO);
    audit.append(about(AuditEntry.of(AuditType.ROTATION_REVERTED, permit), rotation, made));
  }

  /** Locks the rotation that a reissue is for. Runs before the reissue's own row is locked. */
  @Transactional(propagation = Propagation.MANDATORY)
  void lock(RotationRequest request) {
    if (request.purpose() instanceof Reissue reissue) {
      statuses.lockRow(reissue.lost());
    }
  }

  /**
   * Throws a problem if the request is a reissue that is not possible. For one that is, cancels the
   * retirement of the old credential, which may be the only one that works.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  void admit(RotationRequest request) {
    if (request.purpose() instanceof Reissue reissue) {
      RotationStatus status = statuses.lock(reissue.lost());
      status.require(Action.REISSUE);
      keepOld(status, request.by());
    }
  }

  private void keepOld(RotationStatus status, Initiator by) {
    UUID rotation = status.rotation();
    OldCredential old = status.old();
    if (old != null && old.isPlanned() && !old.isBeingRetired()) {
      retirements.cancel(old.known().id(), rotation);
      jdbc.sql("update rotation set confirmed_at = null where id = :id")
          .param("id", rotation)
          .update();
      audit.append(
          about(by.entry(AuditType.RETIREMENT_CANCELLED), rotation, old.known())
              .result(null, "the secret of the new credential was lost"));
    }
  }

  /**
   * Schedules, after a reissue, the retirement of the credential whose secret was lost.
   *
   * @param as the rotation that minted another one
   * @param credential the other one
   */
  @Transactional(propagation = Propagation.MANDATORY)
  void reissued(RotationRequest request, UUID as, UUID credential) {
    if (request.purpose() instanceof Reissue reissue) {
      RotationStatus status = statuses.lock(reissue.lost());
      Known lost = Objects.requireNonNull(status.made());
      keepOld(status, request.by());
      retirements.plan(lost.id(), credential, as, Duration.ZERO, Duration.ZERO);
      var entry = request.by().entry(AuditType.ROTATION_REISSUED);
      audit.append(
          about(entry, status.rotation(), lost).result(null, "reissued as rotation " + as));
    }
  }

  /** Closes a rotation whose outcome stays unknown. */
  @Transactional
  void resolve(UUID rotation, Permit.Administer permit, String reason) {
    statuses.lock(rotation).require(Action.RESOLVE);
    settle(rotation, MutationState.RESOLVED, reason, reason);
    audit.append(
        AuditEntry.of(AuditType.ROTATION_RESOLVED, permit).rotation(rotation).result(null, reason));
  }

  /**
   * Closes the unknown rotations of the same target whose credentials a successful attempt at a
   * replacing upstream has revoked.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  void supersede(OpenAttempt attempt) {
    String reason = "superseded by rotation " + attempt.rotation();
    for (UUID rotation : supersededBy(attempt)) {
      settle(rotation, MutationState.SUPERSEDED, reason, null);
      audit.append(
          AuditEntry.ofRekey(AuditType.ROTATION_SUPERSEDED, attempt.subject())
              .rotation(rotation)
              .result(null, reason));
    }
  }

  private List<UUID> supersededBy(OpenAttempt attempt) {
    return jdbc.sql(
            """
            select r.id from rotation r
            where r.upstream = :upstream and r.target = :target and r.state = 'UNKNOWN'
              and r.id <> :rotation and exists (
                select from rotation_attempt a
                where a.rotation_id = r.id and a.state = 'UNKNOWN' and a.started_at <=
                  (select started_at from rotation_attempt where id = :attempt))
            order by r.id for no key update
            """)
        .param("upstream", attempt.upstream().value())
        .param("target", attempt.request().target())
        .param("rotation", attempt.rotation())
        .param("attempt", attempt.id())
        .query((row, _) -> row.getObject(1, UUID.class))
        .list();
  }

  /** Closes an unknown rotation; its attempts keep their reason if the new one is null. */
  private void settle(
      UUID rotation, MutationState state, String reason, @Nullable String attemptReason) {
    jdbc.sql(
            """
            update rotation_attempt set state = :state, reason = coalesce(:reason, reason),
              epoch = epoch + 1, next_check_at = null
            where rotation_id = :id and state = 'UNKNOWN'
            """)
        .param("id", rotation)
        .param("state", state.name())
        .param("reason", attemptReason)
        .update();
    jdbc.sql("update rotation set state = :state, reason = :reason where id = :id")
        .param("id", rotation)
        .param("state", state.name())
        .param("reason", reason)
        .update();
  }

  private static AuditEntry about(AuditEntry entry, UUID rotation, Known credential) {
    return entry.rotation(rotation).credential(credential.upstreamId(), credential.id());
  }

  /** Claims rotations whose new credential is to be checked for its first use. */
  @Transactional
  List<RotationStatus> claimFirstUseChecks(int most) {
    List<UUID> due =
        jdbc.sql(
                """
                with due as (
                  select id from rotation where next_look_at <= clock_timestamp()
                  order by next_look_at limit :most for update skip locked)
                update rotation r
                set next_look_at = clock_timestamp() + make_interval(secs => :claimed)
                from due where r.id = due.id returning r.id
                """)
            .param("most", most)
            .param("claimed", ClaimedWork.CLAIMED_FOR.toSeconds())
            .query((row, _) -> row.getObject(1, UUID.class))
            .list();
    return statuses.find(due);
  }

  /** Schedules the next check for the first use; null for no further check. */
  @Transactional
  void checkFirstUseAgain(UUID rotation, @Nullable Duration in) {
    jdbc.sql(
            """
            update rotation set next_look_at = clock_timestamp() + make_interval(secs => :in)
            where id = :id and next_look_at is not null
            """)
        .param("id", rotation)
        .param("in", SqlTime.seconds(in))
        .update();
  }

  /** Records, once for each rotation, that nobody has confirmed it in time. Retires nothing. */
  @Transactional
  List<RotationStatus> recordUnconfirmed(Duration after, int most) {
    List<RotationStatus> found = statuses.find(unconfirmed(after, most));
    for (RotationStatus status : found) {
      jdbc.sql("update rotation set unconfirmed_at = :at where id = :id")
          .param("id", status.rotation())
          .param("at", SqlTime.of(clock.instant()))
          .update();
      audit.append(
          about(
                  AuditEntry.ofRekey(AuditType.ROTATION_UNCONFIRMED, status.subject()),
                  status.rotation(),
                  Objects.requireNonNull(status.old()).known())
              .result(null, "not confirmed within " + after + "; no credential is retired"));
    }
    return found;
  }

  private List<UUID> unconfirmed(Duration after, int most) {
    return jdbc.sql(
            """
            select r.id from overlap o join rotation r on r.id = o.rotation_id
              join credential old on old.id = r.replaces
            where r.state = 'SUCCEEDED' and r.confirmed_at is null and r.reverted_at is null
              and r.unconfirmed_at is null and old.status = 'ACTIVE'
              and r.closed_at < :before
              and not exists (select from rotation n
                where n.reissue_of = r.id and n.state = 'SUCCEEDED')
            order by r.closed_at limit :most for update of r skip locked
            """)
        .param("before", SqlTime.of(clock.instant().minus(after)))
        .param("most", most)
        .query((row, _) -> row.getObject(1, UUID.class))
        .list();
  }
}
