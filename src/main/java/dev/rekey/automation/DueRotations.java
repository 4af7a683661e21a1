package dev.rekey.automation;

import static java.util.stream.Collectors.groupingBy;

import dev.rekey.automation.AutomationLedger.Claim;
import dev.rekey.automation.AutomationLedger.Obsolete;
import dev.rekey.automation.PlannedRotation.Current;
import dev.rekey.credential.PolicyInForce;
import dev.rekey.credential.refresh.BackgroundUpstreams;
import dev.rekey.platform.problem.ProblemException;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.policy.NextRotation;
import dev.rekey.policy.Policy;
import dev.rekey.rotation.PolicyOrder;
import dev.rekey.rotation.PolicyRotations;
import dev.rekey.upstream.UpstreamName;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Rotates the credentials that are due, on every replica whose policies are in force. */
@Component
class DueRotations {

  private static final Logger log = LoggerFactory.getLogger(DueRotations.class);

  /** How long one run may begin rotations; a shutdown waits for its end. */
  private static final Duration MAX_RUN = Duration.ofSeconds(20);

  /** Somebody else rotates the subject, or this replica stops. */
  private static final Set<ProblemType> NOTHING_TRIED =
      EnumSet.of(
          ProblemType.ROTATION_IN_PROGRESS,
          ProblemType.DELIVERY_IN_PROGRESS,
          ProblemType.RECORD_UNAVAILABLE);

  private final CoveredSubjects covered;
  private final Schedule schedule;
  private final AutomationLedger ledger;
  private final PolicyRotations rotations;
  private final PolicyInForce policies;
  private final BackgroundUpstreams upstreams;
  private final AutomationProperties properties;
  private final AutomationMetrics metrics;
  private final Clock clock;

  DueRotations(
      CoveredSubjects covered,
      Schedule schedule,
      AutomationLedger ledger,
      PolicyRotations rotations,
      PolicyInForce policies,
      BackgroundUpstreams upstreams,
      AutomationProperties properties,
      AutomationMetrics metrics,
      Clock clock) {
    this.covered = covered;
    this.schedule = schedule;
    this.ledger = ledger;
    this.rotations = rotations;
    this.policies = policies;
    this.upstreams = upstreams;
    this.properties = properties;
    this.metrics = metrics;
    this.clock = clock;
  }

  /** Rotates everything that is due, as far as windows and limits let it. */
  @Scheduled(
      fixedDelayString = "${rekey.automation.check-every:" + AutomationProperties.CHECK_EVERY + "}")
  void sweep() {
    if (!policies.isOurs()) {
      return;
    }
    Set<String> fresh = Set.copyOf(ledger.cover(covered.all()));
    Instant now = clock.instant();
    List<PlannedRotation> planned = schedule.all(now);
    announce(planned.stream().filter(each -> fresh.contains(each.subject())).toList(), now);
    planned.stream().filter(PlannedRotation::isExhausted).forEach(this::halt);
    Map<UpstreamName, List<PlannedRotation>> ready =
        planned.stream()
            .filter(each -> each.next().isReady() && !each.isExhausted())
            .sorted(Comparator.comparing(DueRotations::expiry))
            .collect(groupingBy(each -> each.covered().subject().upstream()));
    // An upstream that does not respond delays no other.
    try (ExecutorService each = Executors.newVirtualThreadPerTaskExecutor()) {
      ready.forEach((upstream, due) -> each.execute(() -> rotateAll(upstream, due)));
    }
  }

  /** The expiry at the upstream; for a credential without one, the end of all time. */
  private static Instant expiry(PlannedRotation planned) {
    Instant expiry = planned.current() == null ? null : planned.current().expiresAt();
    return expiry == null ? Instant.MAX : expiry;
  }

  private void rotateAll(UpstreamName upstream, List<PlannedRotation> due) {
    var left = new ArrayList<>(due);
    long start = System.nanoTime();
    try {
      List<Claim> claims;
      do {
        claims = ledger.claim(upstream, left, properties.maxConcurrent());
        left.removeAll(claims.stream().map(Claim::planned).toList());
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
          claims.forEach(claim -> threads.execute(() -> rotate(claim)));
        }
      } while (!claims.isEmpty() && System.nanoTime() - start < MAX_RUN.toNanos());
    } catch (DataAccessException | TransactionException e) {
      log.warn("Rotations at {} are postponed: {}", upstream, e.getClass().getSimpleName());
    }
  }

  /** Logs when the first rotations of new subjects start, before any does. */
  private static void announce(List<PlannedRotation> fresh, Instant now) {
    fresh.stream()
        .collect(groupingBy(each -> each.covered().policy()))
        .forEach(
            (policy, all) -> {
              List<NextRotation> overdue =
                  all.stream()
                      .map(PlannedRotation::next)
                      .filter(next -> next.isOverdue(now))
                      .toList();
              List<Instant> first =
                  overdue.stream().map(NextRotation::at).filter(Objects::nonNull).sorted().toList();
              log.info(
                  "Policy {} has new subjects: {}. Without a known credential: {}. Overdue: {}{}",
                  policy.name(),
                  all.size(),
                  all.stream().filter(each -> each.current() == null).count(),
                  overdue.size(),
                  first.isEmpty()
                      ? ""
                      : ". First rotations: %s to %s".formatted(first.getFirst(), first.getLast()));
            });
  }

  private void halt(PlannedRotation exhausted) {
    if (ledger.halt(exhausted)) {
      logHalted(exhausted.covered());
    }
  }

  private void rotate(Claim claim) {
    Covered subject = claim.planned().covered();
    Policy policy = subject.policy();
    try {
      rotations.rotate(
          new PolicyOrder(
              subject.subject(),
              upstreams.of(subject.subject()),
              claim.credential().upstreamId(),
              policy.overlap(),
              policy.actor(),
              why(claim.planned())),
          () -> ledger.require(claim));
      ledger.release(claim, true);
      metrics.succeeded(policy);
    } catch (Obsolete e) {
      log.info("{} is not rotated now, because something has changed", subject.name());
      ledger.release(claim, false);
    } catch (ProblemException e) {
      failed(claim, e);
    } catch (DataAccessException | TransactionException e) {
      log.warn("The rotation of {} is postponed: {}", subject.name(), e.getClass().getSimpleName());
    } catch (RuntimeException e) {
      log.error("The rotation of {} failed", subject.name(), e);
      ledger.failed(claim, "Rekey failed. Its log has the cause.", false);
    }
  }

  private static String why(PlannedRotation planned) {
    NextRotation next = planned.next();
    Current current = Objects.requireNonNull(planned.current());
    return "due since "
        + next.dueAt()
        + (next.breaksWindow()
            ? ", and outside its change window, because it expires at "
                + current.expiresAt()
                + ", before the next one"
            : "");
  }

  private void failed(Claim claim, ProblemException problem) {
    Covered subject = claim.planned().covered();
    String why = String.valueOf(problem.getMessage());
    log.warn("Policy {} could not rotate {}: {}", subject.policy().name(), subject.name(), why);
    if (NOTHING_TRIED.contains(problem.type())) {
      ledger.release(claim, false);
      return;
    }
    metrics.failed(subject.policy());
    if (ledger.failed(claim, why, problem.type() != ProblemType.ROTATION_OUTCOME_UNKNOWN)) {
      logHalted(subject);
    }
  }

  private static void logHalted(Covered subject) {
    log.error(
        "Policy {} does not rotate {} any more, because all tries failed. An admin has to resume it",
        subject.policy().name(),
        subject.name());
  }
}
