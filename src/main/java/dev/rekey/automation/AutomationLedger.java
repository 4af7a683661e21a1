package dev.rekey.automation;

import dev.rekey.access.Caller;
import dev.rekey.access.Permit;
import dev.rekey.audit.AuditEntry;
import dev.rekey.audit.AuditEvent.Change;
import dev.rekey.audit.AuditLog;
import dev.rekey.audit.AuditType;
import dev.rekey.automation.PlannedRotation.Attempts;
import dev.rekey.automation.PlannedRotation.Current;
import dev.rekey.credential.PolicyInForce;
import dev.rekey.platform.query.SqlTime;
import dev.rekey.upstream.UpstreamName;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Records what policies do: since when they apply, what they tried, and what is paused. */
@Component
class AutomationLedger {

  /** The scope of a pause for all subjects. */
  static final String ALL = "*";

  /** How long a claim lasts: longer than a rotation takes. */
  private static final Duration CLAIMED_FOR = Duration.ofSeconds(90);

  private static final int LOCK = 0x52506f6c;

  private final JdbcClient jdbc;
  private final Schedule schedule;
  private final PolicyInForce policies;
  private final AuditLog audit;
  private final Clock clock;

  AutomationLedger(
      JdbcClient jdbc, Schedule schedule, PolicyInForce policies, AuditLog audit, Clock clock) {
    this.jdbc = jdbc;
    this.schedule = schedule;
    this.policies = policies;
    this.audit = audit;
    this.clock = clock;
  }

  /** The subject of a pause; null for all. */
  static @Nullable String subject(String scope) {
    return scope.equals(ALL) ? null : scope;
  }

  /**
   * Records that policies apply to their subjects from now on, unless that is known, and to no
   * others. Returns the names of the subjects that are new to their rules.
   */
  @Transactional
  List<String> cover(Collection<Covered> subjects) {
    jdbc.sql("update automation set rule = '' where subject <> all (:subjects) and rule <> ''")
        .param("subjects", texts(subjects, Covered::name))
        .update();
    return jdbc.sql(
            """
            insert into automation as known (subject, upstream, rule, since)
            select s.subject, s.upstream, s.rule, :now
            from unnest(:subjects, :upstreams, :rules) s (subject, upstream, rule)
              left join automation a on a.subject = s.subject
            where a.subject is null or a.rule <> s.rule
            order by s.subject
            on conflict (subject) do update set rule = excluded.rule, since = excluded.since
            where known.rule <> excluded.rule
            returning subject
            """)
        .param("now", SqlTime.of(clock.instant()))
        .param("subjects", texts(subjects, Covered::name))
        .param("upstreams", texts(subjects, each -> each.subject().upstream().value()))
        .param("rules", texts(subjects, each -> each.policy().rule()))
        .query((row, _) -> row.getString("subject"))
        .list();
  }

  private static String[] texts(Collection<Covered> subjects, Function<Covered, String> text) {
    return subjects.stream().map(text).toArray(String[]::new);
  }

  /** The right to rotate a credential once. It ends when another replica raises the epoch. */
  record Claim(PlannedRotation planned, Current credential, int epoch, int tries) {

    String subject() {
      return planned.subject();
    }
  }

  /**
   * Claims subjects of an upstream in this order, as many as may be rotated at the same time.
   * Claims none while another replica claims some, and none that has changed since it was read.
   */
  @Transactional
  List<Claim> claim(UpstreamName upstream, List<PlannedRotation> ready, int maxConcurrent) {
    if (!tryLock(upstream)) {
      return List.of();
    }
    int free = maxConcurrent - inProgress(upstream);
    var claims = new ArrayList<Claim>();
    for (PlannedRotation each : ready) {
      if (claims.size() >= free) {
        break;
      }
      claim(each).ifPresent(claims::add);
    }
    return claims;
  }

  private boolean tryLock(UpstreamName upstream) {
    return jdbc.sql("select pg_try_advisory_xact_lock(:lock, hashtext(:upstream))")
        .param("lock", LOCK)
        .param("upstream", upstream.value())
        .query(Boolean.class)
        .single();
  }

  private int inProgress(UpstreamName upstream) {
    return jdbc.sql(
            """
            select count(*) from automation
            where upstream = :upstream and claimed_until > clock_timestamp()
            """)
        .param("upstream", upstream.value())
        .query(Integer.class)
        .single();
  }

  private Optional<Claim> claim(PlannedRotation ready) {
    Current credential = Objects.requireNonNull(ready.current());
    int tries = ready.attempts().tries() + 1;
    return jdbc.sql(
            """
            update automation set credential_id = :credential, tries = :tries, tried_at = :now,
              last_failure = null, halted_at = null, epoch = epoch + 1,
              claimed_until = clock_timestamp() + make_interval(secs => :lease)
            where subject = (
              select subject from automation
              where subject = :subject and rule = :rule
                and epoch = :epoch
                and (claimed_until is null or claimed_until <= clock_timestamp())
              for update skip locked)
            returning epoch
            """)
        .param("credential", credential.id())
        .param("tries", tries)
        .param("now", SqlTime.of(clock.instant()))
        .param("lease", SqlTime.seconds(CLAIMED_FOR))
        .param("subject", ready.subject())
        .param("rule", ready.covered().policy().rule())
        .param("epoch", ready.attempts().epoch())
        .query(Integer.class)
        .optional()
        .map(epoch -> new Claim(ready, credential, epoch, tries));
  }

  /** A claimed subject must not be rotated any more, although nothing failed. */
  static final class Obsolete extends RuntimeException {

    private static final long serialVersionUID = 1;
  }

  /**
   * Makes sure, in the transaction that opens a rotation, that this replica may still rotate the
   * credential: what was true at the claim may have changed. Throws {@link Obsolete} if not.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  void require(Claim claim) {
    boolean isOurs =
        jdbc.sql(
                """
                select from automation
                where subject = :subject and epoch = :epoch and claimed_until > clock_timestamp()
                for update
                """)
            .param("subject", claim.subject())
            .param("epoch", claim.epoch())
            .query((_, _) -> true)
            .optional()
            .orElse(false);
    if (!isOurs || !policies.isOurs() || !schedule.isReadyFor(claim, clock.instant())) {
      throw new Obsolete();
    }
  }

  /** Ends a claim after a success, or before anything was tried. */
  @Transactional
  void release(Claim claim, boolean succeeded) {
    Attempts before = claim.planned().attempts();
    if (succeeded) {
      before = before.forgotten();
    }
    jdbc.sql(
            """
            update automation set claimed_until = null, tries = :tries, tried_at = :triedAt,
              last_failure = :failure
            where subject = :subject and epoch = :epoch
            """)
        .param("tries", before.tries())
        .param("triedAt", before.triedAt() == null ? null : SqlTime.of(before.triedAt()))
        .param("failure", before.lastFailure())
        .param("subject", claim.subject())
        .param("epoch", claim.epoch())
        .update();
  }

  /**
   * Ends a claim after a failure. Returns true if no try is left, so that an admin is needed.
   *
   * @param why a sentence that is safe to store
   * @param isKnown whether it is certain that nothing was minted
   */
  @Transactional
  boolean failed(Claim claim, String why, boolean isKnown) {
    Covered covered = claim.planned().covered();
    if (!end(claim, why) || !isKnown || !covered.policy().retries().areUsedUpBy(claim.tries())) {
      return false;
    }
    return halt(covered, claim.credential(), claim.tries(), why);
  }

  private boolean end(Claim claim, String failure) {
    return jdbc.sql(
                """
                update automation set claimed_until = null, last_failure = :failure
                where subject = :subject and epoch = :epoch
                """)
            .param("failure", failure)
            .param("subject", claim.subject())
            .param("epoch", claim.epoch())
            .update()
        == 1;
  }

  /**
   * Halts the rotations of a subject whose tries are used up, although the replica of the last one
   * is gone. Returns false if another replica has done so.
   */
  @Transactional
  boolean halt(PlannedRotation exhausted) {
    return halt(
        exhausted.covered(),
        Objects.requireNonNull(exhausted.current()),
        exhausted.attempts().tries(),
        Objects.requireNonNullElse(
            exhausted.attempts().lastFailure(), "Rekey was stopped during the last try."));
  }

  private boolean halt(Covered covered, Current credential, int tries, String why) {
    boolean isFirst =
        jdbc.sql(
                    """
                    update automation set halted_at = :now, last_failure = :why
                    where subject = :subject and credential_id = :credential and tries = :tries
                      and halted_at is null
                      and (claimed_until is null or claimed_until <= clock_timestamp())
                    """)
                .param("now", SqlTime.of(clock.instant()))
                .param("why", why)
                .param("subject", covered.name())
                .param("credential", credential.id())
                .param("tries", tries)
                .update()
            == 1;
    if (isFirst) {
      audit.append(
          AuditEntry.ofPolicy(
                  AuditType.AUTOMATION_HALTED, covered.subject(), covered.policy().actor())
              .credential(credential.upstreamId(), credential.id())
              .result(
                  null, Attempts.failed(tries) + (tries == 1 ? ": " : "; the last one: ") + why));
    }
    return isFirst;
  }

  /**
   * Pauses the rotations of a subject until a time. An earlier pause of the subject is replaced.
   */
  @Transactional
  Pause pause(Permit.Administer permit, String reason, Instant until) {
    return pause(
        AuditEntry.of(AuditType.AUTOMATION_PAUSED, permit),
        permit.subject().name(),
        permit.caller(),
        reason,
        until);
  }

  /** Same for all subjects. */
  @Transactional
  Pause pauseAll(Caller admin, String reason, Instant until) {
    return pause(AuditEntry.ofAdmin(AuditType.AUTOMATION_PAUSED, admin), ALL, admin, reason, until);
  }

  private Pause pause(AuditEntry event, String scope, Caller admin, String reason, Instant until) {
    Instant now = clock.instant();
    awaitOpenings(scope);
    String before = pausedUntil(scope, now);
    jdbc.sql(
            """
            insert into automation_pause (scope, reason, paused_by, paused_at, until)
            values (:scope, :reason, :by, :now, :until)
            on conflict (scope) do update set reason = excluded.reason,
              paused_by = excluded.paused_by, paused_at = excluded.paused_at, until = excluded.until
            """)
        .param("scope", scope)
        .param("reason", reason)
        .param("by", admin.id())
        .param("now", SqlTime.of(now))
        .param("until", SqlTime.of(until))
        .update();
    audit.append(
        event
            .result(null, reason)
            .changes(List.of(new Change("pausedUntil", before, until.toString()))));
    return new Pause(subject(scope), reason, admin.id(), now, until);
  }

  /** Waits until no rotation is being opened that the pause came too late for. */
  private void awaitOpenings(String scope) {
    jdbc.sql(
            """
            select from automation where :scope = :all or subject = :scope
            order by subject for update
            """)
        .param("scope", scope)
        .param("all", ALL)
        .query((_, _) -> true)
        .list();
  }

  private @Nullable String pausedUntil(String scope, Instant now) {
    return schedule.pauses(now).stream()
        .filter(pause -> Objects.equals(pause.subject(), subject(scope)))
        .map(pause -> pause.until().toString())
        .findFirst()
        .orElse(null);
  }

  /**
   * Ends the pause of a subject, and lets its failed rotation be tried again. Returns false if
   * there was neither.
   */
  @Transactional
  boolean resume(Permit.Administer permit, String reason) {
    String subject = permit.subject().name();
    List<Change> ended = endPause(subject);
    int tried =
        jdbc.sql(
                """
                update automation set tries = 0, tried_at = null, halted_at = null,
                  last_failure = null, claimed_until = null, epoch = epoch + 1
                where subject = :subject and tries > 0
                  and (claimed_until is null or claimed_until <= clock_timestamp())
                """)
            .param("subject", subject)
            .update();
    return resumed(
        tried > 0 || !ended.isEmpty(),
        AuditEntry.of(AuditType.AUTOMATION_RESUMED, permit),
        reason,
        ended);
  }

  /** Ends the pause of all subjects. Returns false if there was none. */
  @Transactional
  boolean resumeAll(Caller admin, String reason) {
    List<Change> ended = endPause(ALL);
    return resumed(
        !ended.isEmpty(), AuditEntry.ofAdmin(AuditType.AUTOMATION_RESUMED, admin), reason, ended);
  }

  private boolean resumed(boolean hadAny, AuditEntry event, String reason, List<Change> ended) {
    if (hadAny) {
      audit.append(event.result(null, reason).changes(ended));
    }
    return hadAny;
  }

  /** Ends a pause; empty if there was none. */
  private List<Change> endPause(String scope) {
    return jdbc.sql(
            "delete from automation_pause where scope = :scope and until > :now returning until")
        .param("scope", scope)
        .param("now", SqlTime.of(clock.instant()))
        .query(
            (row, _) -> new Change("pausedUntil", SqlTime.instant(row, "until").toString(), null))
        .list();
  }
}
