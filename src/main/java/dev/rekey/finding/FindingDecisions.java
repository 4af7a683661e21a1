package dev.rekey.finding;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.access.Permit;
import dev.rekey.platform.problem.ProblemException;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.platform.problem.Reason;
import dev.rekey.platform.problem.Until;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Lets callers accept, snooze and reopen findings. Each decision needs a grant for the subject, and
 * records an event. All methods throw a {@code not-found} problem if the caller may not see the
 * finding, {@code no-grant} if it may not change the subject, {@code invalid-request} for an
 * invalid time or reason, and {@code wrong-state} if the state does not allow the decision.
 */
@Component
public class FindingDecisions {

  private static final Duration LONGEST_ACCEPTANCE = Duration.ofDays(365);
  private static final Duration LONGEST_SNOOZE = Duration.ofDays(90);
  private static final Duration EXAMPLE = Duration.ofDays(30);

  private final Findings findings;
  private final FindingLedger ledger;
  private final Access access;
  private final Clock clock;

  FindingDecisions(Findings findings, FindingLedger ledger, Access access, Clock clock) {
    this.findings = findings;
    this.ledger = ledger;
    this.access = access;
    this.clock = clock;
  }

  /**
   * Accepts a finding that is not resolved, until a time in the next 365 days. Replaces an earlier
   * acceptance or snooze. Both arguments are required.
   */
  public Finding accept(Caller caller, UUID id, @Nullable String reason, @Nullable Instant until) {
    String why = Reason.required(reason);
    Instant end = until(until, LONGEST_ACCEPTANCE);
    if (!ledger.accept(permit(caller, id), id, why, end)) {
      throw wrongState(caller, id);
    }
    return findings.get(caller, id);
  }

  /**
   * Postpones an open or snoozed finding until a time in the next 90 days. The time is required,
   * the reason is not.
   */
  public Finding snooze(Caller caller, UUID id, @Nullable String reason, @Nullable Instant until) {
    String why = optional(reason);
    Instant end = until(until, LONGEST_SNOOZE);
    if (!ledger.snooze(permit(caller, id), id, why, end)) {
      throw wrongState(caller, id);
    }
    return findings.get(caller, id);
  }

  /** Reopens an accepted or snoozed finding before its time; the reason is not required. */
  public Finding reopen(Caller caller, UUID id, @Nullable String reason) {
    String why = optional(reason);
    if (!ledger.reopen(permit(caller, id), id, why)) {
      throw wrongState(caller, id);
    }
    return findings.get(caller, id);
  }

  private Permit.Write permit(Caller caller, UUID id) {
    return access.toChange(caller, Findings.subject(findings.get(caller, id)));
  }

  private static @Nullable String optional(@Nullable String reason) {
    return reason == null ? null : Reason.required(reason);
  }

  private Instant until(@Nullable Instant until, Duration longest) {
    return Until.required(until, clock.instant(), longest, EXAMPLE);
  }

  private ProblemException wrongState(Caller caller, UUID id) {
    return ProblemType.WRONG_STATE.with(
        "The finding is %s, which does not allow this. An open finding can be accepted or snoozed. A"
                .formatted(findings.get(caller, id).state())
            + " snoozed or accepted one can be reopened or accepted, and a snoozed one snoozed"
            + " again.");
  }
}
