package dev.rekey.rotation;

import dev.rekey.credential.CredentialReads;
import dev.rekey.platform.Pause;
import dev.rekey.rotation.RetirementLedger.DueRetirement;
import dev.rekey.upstream.Reply;
import dev.rekey.upstream.Upstream;
import dev.rekey.upstream.Upstream.Retired;
import dev.rekey.upstream.UpstreamCredential;
import dev.rekey.upstream.Upstreams;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Retires old credentials when they are due, on every replica. Checks before that the credential is
 * no longer used, and that the one that replaces it is valid.
 */
@Component
class Retirements {

  private static final Logger log = LoggerFactory.getLogger(Retirements.class);

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(10);
  private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

  private final ExecutorService threads;
  private final RetirementLedger ledger;
  private final RotationDecisionLedger decisions;
  private final FirstUses firstUses;
  private final OwnLogins ownLogins;
  private final CredentialChanges changes;
  private final CredentialReads reads;
  private final Upstreams upstreams;
  private final RotationProperties properties;
  private final RotationMetrics metrics;
  private final Clock clock;

  Retirements(
      @Qualifier(RotationConfiguration.THREADS) ExecutorService threads,
      RetirementLedger ledger,
      RotationDecisionLedger decisions,
      FirstUses firstUses,
      OwnLogins ownLogins,
      CredentialChanges changes,
      CredentialReads reads,
      Upstreams upstreams,
      RotationProperties properties,
      RotationMetrics metrics,
      Clock clock) {
    this.threads = threads;
    this.ledger = ledger;
    this.decisions = decisions;
    this.firstUses = firstUses;
    this.ownLogins = ownLogins;
    this.changes = changes;
    this.reads = reads;
    this.upstreams = upstreams;
    this.properties = properties;
    this.metrics = metrics;
    this.clock = clock;
  }

  /** Handles everything that is due, once. Returns when all claimed work is done. */
  @Scheduled(
      fixedDelayString = "${rekey.rotation.retire-every:" + RotationProperties.RETIRE_EVERY + "}")
  void sweep() {
    ledger.markRetired();
    for (RotationStatus status :
        decisions.recordUnconfirmed(properties.unconfirmedAfter(), ClaimedWork.BATCH)) {
      metrics.of(status.subject()).unconfirmed();
    }
    try (ExecutorService each = Executors.newVirtualThreadPerTaskExecutor()) {
      for (RotationStatus status : decisions.claimFirstUseChecks(ClaimedWork.BATCH)) {
        String what = "The first-use check of rotation " + status.rotation();
        each.execute(
            () -> ClaimedWork.run(log, what, status.rotation(), () -> firstUses.check(status)));
      }
      for (DueRetirement due : ledger.claim()) {
        String what = "The retirement of " + due.upstreamId() + " of " + due.subject();
        each.execute(() -> ClaimedWork.run(log, what, due.rotation(), () -> retire(due)));
      }
    }
  }

  /** Starts a sweep without waiting for it. */
  void sweepSoon() {
    try {
      threads.execute(this::sweep);
    } catch (RejectedExecutionException e) {
      log.info("Retirements that are due are left to another replica during shutdown");
    }
  }

  private void retire(DueRetirement due) {
    Upstream upstream = upstreams.of(due.subject());
    if (!due.quiet().isZero() && isInUse(due, upstream)) {
      return;
    }
    if (!due.isLost() && !isSuccessorValid(due, upstream)) {
      return;
    }
    if (ownLogins.include(due.subject(), due.upstreamId())) {
      failed(due, "Rekey itself logs in with it");
      return;
    }
    Optional<OpenChange> open = ledger.begin(due, ChangeKind.retirementAt(upstream));
    if (open.isEmpty()) {
      return;
    }
    Outcome<Retired> outcome =
        changes.send(open.get(), () -> upstream.retire(due.subject(), due.upstreamId()));
    if (outcome instanceof Outcome.Succeeded<Retired>) {
      ledger.done(due);
      metrics.of(due.subject()).retired(Duration.between(due.overlapSince(), clock.instant()));
    } else {
      failed(due, String.valueOf(outcome.reason()));
    }
  }

  private boolean isInUse(DueRetirement due, Upstream upstream) {
    return switch (reads.read(due.subject(), upstream, due.upstreamId())) {
      case Reply.Success<UpstreamCredential>(var seen) -> isInUse(due, seen.lastUsedAt());
      case Reply.ErrorStatus<UpstreamCredential>(int status, var _, var _) when status == 404 ->
          false;
      case Reply<UpstreamCredential> unread -> {
        failed(due, "its last use could not be read: " + Outcome.of(unread).reason());
        yield true;
      }
    };
  }

  private boolean isInUse(DueRetirement due, @Nullable Instant lastUse) {
    Instant now = clock.instant();
    if (lastUse == null || lastUse.isBefore(now.minus(due.quiet()))) {
      return false;
    }
    Duration in = Duration.between(now, lastUse.plus(due.quiet())).plusSeconds(1);
    if (ledger.stillUsed(due, "last used at " + lastUse + "; its retirement is postponed", in)) {
      metrics.of(due.subject()).stillUsed();
    }
    return true;
  }

  // Even a confirmed rotation must not retire the last credential of a subject that works.
  private boolean isSuccessorValid(DueRetirement due, Upstream upstream) {
    if (due.successor() == null) {
      ledger.withoutSuccessor(due, "the credential that replaced it is gone");
      return false;
    }
    return switch (reads.read(due.subject(), upstream, due.successor())) {
      case Reply.Success<UpstreamCredential>(var seen) when seen.deletedAt() == null -> true;
      case Reply.Success<UpstreamCredential> _ -> {
        ledger.withoutSuccessor(due, "the credential that replaced it was deleted");
        yield false;
      }
      case Reply.ErrorStatus<UpstreamCredential>(int status, var _, var _) when status == 404 -> {
        ledger.withoutSuccessor(due, "the credential that replaced it is gone");
        yield false;
      }
      case Reply<UpstreamCredential> unread -> {
        failed(
            due,
            "the credential that replaced it could not be read: " + Outcome.of(unread).reason());
        yield false;
      }
    };
  }

  private void failed(DueRetirement due, String why) {
    log.warn("{} of {} could not be retired yet: {}", due.upstreamId(), due.subject(), why);
    metrics.of(due.subject()).retirementFailed();
    ledger.failed(due, why, Pause.backoff(FIRST_PAUSE, due.tries(), LONGEST_PAUSE));
  }
}
