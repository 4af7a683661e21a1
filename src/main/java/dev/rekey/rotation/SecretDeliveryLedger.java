package dev.rekey.rotation;

import dev.rekey.audit.AuditEntry;
import dev.rekey.audit.AuditLog;
import dev.rekey.audit.AuditOutcome;
import dev.rekey.audit.AuditType;
import dev.rekey.credential.Credentials;
import dev.rekey.delivery.DeliveryTarget;
import dev.rekey.delivery.DeliveryTargets;
import dev.rekey.delivery.Handover;
import dev.rekey.platform.PathId;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.platform.query.SqlTime;
import dev.rekey.rotation.DueDelivery.Claim;
import dev.rekey.upstream.Subject;
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
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Records how far the delivery of a secret has come. The secret itself is in memory only. */
@Component
class SecretDeliveryLedger {

  /** How long a replica keeps a delivery without a sign of life. */
  static final Duration LEASE = Duration.ofSeconds(60);

  private static final Duration PAUSE_AFTER_NOTHING = Duration.ofSeconds(30);

  /** Only the time of the next try changes. */
  private static final String UNCHANGED = "state = state";

  private static final String LOST = "the secret was lost before it was delivered";

  private final JdbcClient jdbc;
  private final DeliveryTargets targets;
  private final RetirementLedger retirements;
  private final Credentials credentials;
  private final AuditLog audit;
  private final RotationProperties properties;
  private final Clock clock;

  SecretDeliveryLedger(
      JdbcClient jdbc,
      DeliveryTargets targets,
      RetirementLedger retirements,
      Credentials credentials,
      AuditLog audit,
      RotationProperties properties,
      Clock clock) {
    this.jdbc = jdbc;
    this.targets = targets;
    this.retirements = retirements;
    this.credentials = credentials;
    this.audit = audit;
    this.properties = properties;
    this.clock = clock;
  }

  /**
   * Reserves the target for an attempt, if it is to be delivered. Throws a {@code
   * delivery-in-progress} problem if another delivery to the target is outstanding.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  void reserve(OpenAttempt attempt) {
    RotationRequest request = attempt.request();
    if (request.delivery() == DeliveryMode.NONE) {
      return;
    }
    DeliveryTarget target = targets.of(request.subject()).orElseThrow();
    UUID other = openDeliveryTo(target, attempt.rotation());
    if (other != null) {
      throw RotationProblems.deliveryInProgress(target, other);
    }
    jdbc.sql(
            """
            insert into secret_delivery (
              rotation_id, attempt_id, target, place, mode, state, next_try_at, reserved_at)
            values (:rotation, :attempt, :target, :place, :mode, 'RESERVED',
              clock_timestamp() + make_interval(secs => :lease), :at)
            on conflict (rotation_id) do update set attempt_id = excluded.attempt_id,
              target = excluded.target, place = excluded.place, state = 'RESERVED',
              mints = secret_delivery.mints + 1, epoch = 0,
              reserved_at = case when secret_delivery.state = 'PARKED' then excluded.reserved_at
                else secret_delivery.reserved_at end, tries = 0, last_failure = null,
              next_try_at = excluded.next_try_at, delivered_at = null, restarted_at = null
            """)
        .param("rotation", attempt.rotation())
        .param("attempt", attempt.id())
        .param("target", target.name())
        .param("place", target.describe())
        .param("mode", request.delivery().name())
        .param("lease", SqlTime.seconds(properties.lease()))
        .param("at", SqlTime.of(clock.instant()))
        .update();
  }

  private @Nullable UUID openDeliveryTo(DeliveryTarget target, UUID except) {
    return jdbc.sql(
            """
            select rotation_id from secret_delivery
            where target = :target and state in ('RESERVED', 'OUTSTANDING')
              and rotation_id <> :rotation
            """)
        .param("target", target.name())
        .param("rotation", except)
        .query((row, _) -> row.getObject(1, UUID.class))
        .optional()
        .orElse(null);
  }

  /**
   * Records that the secret of a successful attempt is now outstanding. Credentials that were
   * minted earlier for the same delivery have lost their secrets, and are retired.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  void minted(OpenAttempt attempt, UUID credential) {
    if (attempt.request().delivery() == DeliveryMode.NONE) {
      return;
    }
    jdbc.sql(
            """
            update secret_delivery set state = 'OUTSTANDING', epoch = epoch + 1, tries = 0,
              next_try_at = clock_timestamp() + make_interval(secs => :lease)
            where rotation_id = :rotation and attempt_id = :attempt and state = 'RESERVED'
            """)
        .param("rotation", attempt.rotation())
        .param("attempt", attempt.id())
        .param("lease", SqlTime.seconds(LEASE))
        .update();
    for (UUID lost : credentials.otherActiveOf(attempt.rotation(), credential)) {
      retirements.plan(lost, credential, attempt.rotation(), Duration.ZERO, Duration.ZERO);
    }
  }

  /**
   * Frees the target if the first attempt minted nothing, because its caller will repeat the
   * request. After a later attempt, or one of unknown outcome, Rekey mints again by itself.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  void notMinted(OpenAttempt attempt, Outcome<?> outcome) {
    if (attempt.request().delivery() == DeliveryMode.NONE
        || outcome.state() == MutationState.UNKNOWN) {
      return;
    }
    int freed =
        jdbc.sql(
                """
                delete from secret_delivery
                where rotation_id = :rotation and attempt_id = :attempt and mints = 1
                  and state in ('RESERVED', 'OUTSTANDING')
                """)
            .param("rotation", attempt.rotation())
            .param("attempt", attempt.id())
            .update();
    if (freed == 0 && outcome.state() == MutationState.NOT_ATTEMPTED) {
      // Nothing was sent, so it does not count.
      jdbc.sql(
              """
              update secret_delivery set mints = mints - 1,
                next_try_at = clock_timestamp() + make_interval(secs => :pause)
              where rotation_id = :rotation and attempt_id = :attempt and state = 'RESERVED'
              """)
          .param("rotation", attempt.rotation())
          .param("attempt", attempt.id())
          .param("pause", SqlTime.seconds(PAUSE_AFTER_NOTHING))
          .update();
    }
  }

  /**
   * Parks the deliveries of earlier rotations of a subject: a successful attempt at a replacing
   * upstream, which is not delivered itself, has ended their credentials.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  void replaced(OpenAttempt attempt) {
    if (attempt.request().delivery() != DeliveryMode.NONE
        || targets.of(attempt.subject()).isEmpty()) {
      return;
    }
    String why = "rotation " + attempt.rotation() + " replaced the credential before";
    jdbc.sql(
            """
            update secret_delivery d set state = 'PARKED', next_try_at = null, epoch = d.epoch + 1,
              last_failure = :why
            from rotation r
            where r.id = d.rotation_id and r.upstream = :upstream and r.subject = :subject
              and r.id <> :rotation
              and d.state in ('RESERVED', 'OUTSTANDING', 'DELIVERED')
            returning r.id
            """)
        .param("why", why)
        .param("upstream", attempt.upstream().value())
        .param("subject", attempt.subject().name())
        .param("rotation", attempt.rotation())
        .query((row, _) -> row.getObject(1, UUID.class))
        .list()
        .forEach(
            parked ->
                audit.append(
                    AuditEntry.ofRekey(AuditType.DELIVERY_PARKED, attempt.subject())
                        .rotation(parked)
                        .result(null, why)));
  }

  /**
   * Records that the target has the secret. Returns false if the claim has expired, or if the mint
   * is not recorded yet.
   */
  @Transactional
  boolean delivered(Claim claim, Initiator by, Handover handover) {
    lockRotation(claim);
    String place =
        update(
            claim,
            "state = 'DELIVERED', delivered_at = :at, last_failure = null",
            LEASE,
            "OUTSTANDING");
    if (place == null) {
      return false;
    }
    Instant now = clock.instant();
    jdbc.sql(
            """
            update rotation set delivered_at = coalesce(delivered_at, :at),
              next_look_at = case when confirm_on_first_use and confirmed_at is null
                then clock_timestamp() end
            where id = :rotation
            """)
        .param("rotation", claim.rotation())
        .param("at", SqlTime.of(now))
        .update();
    UUID credential =
        credentials.recordDelivery(handover.subject(), handover.credential(), place, now);
    jdbc.sql(
            """
            update secret_delivery o set state = 'SUPERSEDED', next_try_at = null
            from secret_delivery d
            where d.rotation_id = :rotation and o.target = d.target and o.rotation_id <> :rotation
              and o.state in ('PARKED', 'DELIVERED')
            """)
        .param("rotation", claim.rotation())
        .update();
    audit.append(
        by.entry(AuditType.DELIVERY_SUCCEEDED)
            .rotation(claim.rotation())
            .credential(handover.credential(), credential)
            .result(AuditOutcome.SUCCEEDED, "delivered to " + place));
    return true;
  }

  /**
   * Records that nothing is left to do, unless the claim has expired.
   *
   * @param restarted whether workloads were restarted
   */
  @Transactional
  void finished(Claim claim, Initiator by, Handover handover, boolean restarted) {
    lockRotation(claim);
    String change = (restarted ? "restarted_at = :at, " : "") + "last_failure = null";
    String place = update(claim, change, null, "DELIVERED");
    if (place != null && restarted) {
      audit.append(
          by.entry(AuditType.DELIVERY_RESTARTED)
              .rotation(claim.rotation())
              .credential(handover.credential(), null)
              .result(AuditOutcome.SUCCEEDED, "the workloads of " + place + " were restarted"));
    }
  }

  /**
   * Records why a try failed, and keeps the claim until the next one, unless the claim has expired.
   * The first failure for a credential has an event.
   */
  @Transactional
  void failed(Claim claim, Initiator by, String why, Duration in) {
    boolean isFirst = lockRotation(claim);
    String place = update(claim, "last_failure = :why", in, null, why);
    if (place != null && isFirst) {
      audit.append(
          by.entry(AuditType.DELIVERY_FAILED).rotation(claim.rotation()).result(null, why));
    }
  }

  /** The right of the replica that has minted a secret. */
  sealed interface Holding {

    /** It may deliver, until another replica claims the delivery. */
    record Ours(Claim claim) implements Holding {}

    /** It may deliver. The mint, or its state, cannot be read now. */
    record Unrecorded() implements Holding {}

    /** Another replica has taken over, or the delivery is parked. */
    record Gone() implements Holding {}
  }

  /**
   * Keeps the secret of an attempt for another {@link #LEASE}, unless another replica has claimed
   * its delivery since the mint.
   */
  @Transactional
  Holding hold(OpenAttempt attempt) {
    return jdbc.sql(
            """
            update secret_delivery set next_try_at = case state
              when 'OUTSTANDING' then clock_timestamp() + make_interval(secs => :lease)
              else next_try_at end
            where rotation_id = :rotation and attempt_id = :attempt and tries = 0
              and state in ('RESERVED', 'OUTSTANDING')
            returning state, epoch
            """)
        .param("rotation", attempt.rotation())
        .param("attempt", attempt.id())
        .param("lease", SqlTime.seconds(LEASE))
        .query(
            (row, _) ->
                row.getString("state").equals(DeliveryState.RESERVED.name())
                    ? new Holding.Unrecorded()
                    : new Holding.Ours(
                        new Claim(attempt.rotation(), attempt.id(), row.getInt("epoch"))))
        .optional()
        .orElseGet(Holding.Gone::new);
  }

  /** Lets another replica take over at once. */
  @Transactional
  void release(Claim claim) {
    update(claim, UNCHANGED, Duration.ZERO, null);
  }

  /** Tries again later without a failure. */
  @Transactional
  void postpone(DueDelivery due, Duration in) {
    update(due.claim(), UNCHANGED, in, null);
  }

  /** Gives up. An admin has to look, or a later rotation has to be delivered to the target. */
  @Transactional
  boolean park(DueDelivery due, String why) {
    lockRotation(due.claim());
    boolean isParked =
        update(due.claim(), "state = 'PARKED', last_failure = :why", null, null, why) != null;
    if (isParked) {
      audit.append(
          AuditEntry.ofRekey(AuditType.DELIVERY_PARKED, due.subject())
              .rotation(due.rotation())
              .credential(due.minted(), null)
              .result(null, why));
    }
    return isParked;
  }

  /**
   * Throws a {@code delivery-in-progress} problem if the secret of a credential is on its way to a
   * target.
   */
  @Transactional(readOnly = true)
  void refuseIfOutstanding(Subject subject, PathId upstreamId) {
    boolean isOutstanding =
        jdbc.sql(
                """
                select exists (
                  select from credential c join secret_delivery d on d.rotation_id = c.rotation_id
                  where c.upstream = :upstream and c.subject = :subject
                    and c.upstream_id = :id and d.state in ('RESERVED', 'OUTSTANDING'))
                """)
            .param("upstream", subject.upstream().value())
            .param("subject", subject.name())
            .param("id", upstreamId.value())
            .query(Boolean.class)
            .single();
    if (isOutstanding) {
      throw ProblemType.DELIVERY_IN_PROGRESS.with(
          "The secret of this credential is being delivered to its target. Repeat the request when"
              + " the delivery of its rotation is DELIVERED or PARKED.");
    }
  }

  /**
   * Records that a secret was lost before it was delivered.
   *
   * @param isRetired whether its credential was retired at the upstream
   */
  @Transactional
  boolean lost(DueDelivery due, boolean isRetired) {
    lockRotation(due.claim());
    if (update(due.claim(), "state = 'RESERVED'", ClaimedWork.CLAIMED_FOR, due.state().name())
        == null) {
      return false;
    }
    for (String table : List.of("rotation_attempt", "rotation")) {
      jdbc.sql(
              "update "
                  + table
                  + " set state = 'COMPENSATED', reason = :why where id = :id"
                  + " and state in ('SUCCEEDED', 'UNKNOWN')")
          .param("id", table.equals("rotation") ? due.rotation() : due.claim().attempt())
          .param("why", LOST)
          .update();
    }
    PathId made = due.minted();
    if (made != null && isRetired) {
      credentials.markRetired(due.subject(), made, clock.instant());
    }
    for (AuditType type : List.of(AuditType.DELIVERY_LOST, AuditType.ROTATION_COMPENSATED)) {
      audit.append(
          AuditEntry.ofRekey(type, due.subject())
              .rotation(due.rotation())
              .credential(made, null)
              .result(AuditOutcome.NOT_APPLIED, LOST));
    }
    return true;
  }

  /** Locks a rotation whose secret was lost. Returns the number of its last attempt. */
  @Transactional(propagation = Propagation.MANDATORY)
  int lockLost(DueDelivery due) {
    lockRotation(due.claim());
    if (update(due.claim(), UNCHANGED, ClaimedWork.CLAIMED_FOR, "RESERVED") == null) {
      throw RotationProblems.inProgress(due.rotation());
    }
    return jdbc.sql("select max(number) from rotation_attempt where rotation_id = :rotation")
        .param("rotation", due.rotation())
        .query(Integer.class)
        .single();
  }

  /** Claims deliveries that their replica has left, and restarts that are due. */
  @Transactional
  List<DueDelivery> claim() {
    return jdbc.sql(
            """
            with due as (
              select rotation_id from secret_delivery where next_try_at <= clock_timestamp()
              order by next_try_at limit :most for update skip locked)
            update secret_delivery d set epoch = d.epoch + 1, tries = d.tries + 1,
              next_try_at = clock_timestamp() + make_interval(secs => :claimed)
            from due join rotation r on r.id = due.rotation_id
              join secret_delivery s on s.rotation_id = r.id
              join rotation_attempt a on a.id = s.attempt_id
              left join credential c on c.id = r.credential_id
            where d.rotation_id = due.rotation_id
            returning d.rotation_id, d.attempt_id, d.epoch, d.target, d.mode, d.state, d.mints,
              d.tries, r.upstream, r.subject, c.upstream_id as minted, a.state as attempt_state,
              a.next_check_at is not null as reconciling, r.delivered_at is not null as has_caller
            """)
        .param("most", ClaimedWork.BATCH)
        .param("claimed", SqlTime.seconds(ClaimedWork.CLAIMED_FOR))
        .query((row, _) -> due(row))
        .list();
  }

  private static DueDelivery due(ResultSet row) throws SQLException {
    String minted = row.getString("minted");
    return new DueDelivery(
        new Claim(
            row.getObject("rotation_id", UUID.class),
            row.getObject("attempt_id", UUID.class),
            row.getInt("epoch")),
        Rows.subject(row),
        row.getString("target"),
        DeliveryMode.valueOf(row.getString("mode")),
        DeliveryState.valueOf(row.getString("state")),
        minted == null ? null : PathId.of(minted),
        MutationState.valueOf(row.getString("attempt_state")),
        row.getBoolean("reconciling"),
        row.getBoolean("has_caller"),
        row.getInt("mints"),
        row.getInt("tries"));
  }

  /**
   * Locks the rotation, always before its delivery. Returns whether no try has failed since the
   * credential was minted.
   */
  private boolean lockRotation(Claim claim) {
    return jdbc.sql(
            """
            select d.last_failure is null
            from rotation r join secret_delivery d on d.rotation_id = r.id
            where r.id = :rotation for no key update of r
            """)
        .param("rotation", claim.rotation())
        .query(Boolean.class)
        .optional()
        .orElse(false);
  }

  private @Nullable String update(
      Claim claim, String change, @Nullable Duration in, @Nullable String state) {
    return update(claim, change, in, state, null);
  }

  /**
   * Changes a delivery and returns its place; null if the claim has expired, or it is not in the
   * state.
   */
  private @Nullable String update(
      Claim claim,
      String change,
      @Nullable Duration in,
      @Nullable String state,
      @Nullable String why) {
    return jdbc.sql(
            """
            update secret_delivery set %s,
              next_try_at = clock_timestamp() + make_interval(secs => :in)
            where rotation_id = :rotation and attempt_id = :attempt and epoch = :epoch
              and state in ('RESERVED', 'OUTSTANDING', 'DELIVERED')
              and (cast(:state as text) is null or state = :state)
            returning place
            """
                .formatted(change))
        .param("rotation", claim.rotation())
        .param("attempt", claim.attempt())
        .param("epoch", claim.epoch())
        .param("in", SqlTime.seconds(in))
        .param("state", state)
        .param("why", why)
        .param("at", SqlTime.of(clock.instant()))
        .query(String.class)
        .optional()
        .orElse(null);
  }
}
