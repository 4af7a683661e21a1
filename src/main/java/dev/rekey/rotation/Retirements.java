package dev.rekey.rotation;

import dev.rekey.credential.CredentialReads;
import dev.rekey.platform.problem.ProblemException;
import dev.rekey.rotation.RetirementLedger.Due;
import dev.rekey.rotation.RotationStatus.Known;
import dev.rekey.upstream.ListableUpstream;
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
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Ends older credentials when their time has come, on every replica. Just before, it looks whether
 * the older one is still used and whether the one that took its place lives.
 */
@Component
class Retirements {

  private static final Logger log = LoggerFactory.getLogger(Retirements.class);

  private static final int MOST_AT_ONCE = 16;
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(10);
  private static final Duration LONGEST_PAUSE = Duration.ofHours(1);
  private static final Duration LOOK_TAKEN_FOR = Duration.ofSeconds(90);
  private static final Duration LONGEST_LOOK_PAUSE = Duration.ofMinutes(15);

  private final ExecutorService threads;
  private final RetirementLedger ledger;
  private final RotationDecisionLedger overlaps;
  private final CredentialChanges changes;
  private final CredentialReads reads;
  private final Upstreams upstreams;
  private final RotationProperties properties;
  private final RotationMetrics metrics;
  private final Clock clock;

  Retirements(
      @Qualifier(RotationConfiguration.THREADS) ExecutorService threads,
      RetirementLedger ledger,
      RotationDecisionLedger overlaps,
      CredentialChanges changes,
      CredentialReads reads,
      Upstreams upstreams,
      RotationProperties properties,
      RotationMetrics metrics,
      Clock clock) {
    this.threads = threads;
    this.ledger = ledger;
    this.overlaps = overlaps;
    this.changes = changes;
    this.reads = reads;
    this.upstreams = upstreams;
    this.properties = properties;
    this.metrics = metrics;
    this.clock = clock;
  }

  /**
   * Observations once at everything that is due. Returns when all that it took over is done with.
   */
  @Scheduled(
      fixedDelayString = "${rekey.rotation.retire-every:" + RotationProperties.RETIRE_EVERY + "}")
  void sweep() {
    ledger.noteEnded();
    for (RotationStatus standing :
        overlaps.unconfirmed(properties.unconfirmedAfter(), MOST_AT_ONCE)) {
      metrics.of(standing.subject()).unconfirmed();
    }
    try (ExecutorService each = Executors.newVirtualThreadPerTaskExecutor()) {
      overlaps
          .claimLooks(MOST_AT_ONCE, LOOK_TAKEN_FOR)
          .forEach(standing -> each.execute(() -> lookForFirstUse(standing)));
      ledger.claim(MOST_AT_ONCE).forEach(due -> each.execute(() -> guarded(due)));
    }
  }

  /** Looks at once, without waiting for it. */
  void sweepSoon() {
    try {
      threads.execute(this::sweep);
    } catch (RejectedExecutionException e) {
      log.info("What is to be ended is left to another replica, because of the stop");
    }
  }

  // What fails here stays taken over for a while, and is then tried again by any replica.
  private void guarded(Due due) {
    try (var _ = RotationLog.about(due.rotation())) {
      retire(due);
    } catch (DataAccessException | TransactionException e) {
      log.warn("The end of {} was put off: {}", due.upstreamId(), e.getClass().getSimpleName());
    } catch (RuntimeException e) {
      log.error("The end of {} of {} failed", due.upstreamId(), due.subject(), e);
    }
  }

  private void retire(Due due) {
    Upstream upstream = upstreams.of(due.subject());
    if (!due.quiet().isZero() && isStillUsed(due, upstream)) {
      return;
    }
    if (!due.isLost() && !successorLives(due, upstream)) {
      return;
    }
    ChangeKind kind = upstream instanceof ListableUpstream ? ChangeKind.DELETE : ChangeKind.REVOKE;
    Optional<ChangeLedger.Opened> opened = ledger.begin(due, kind);
    if (opened.isEmpty()) {
      return;
    }
    Outcome<Retired> outcome =
        changes.send(opened.get(), () -> upstream.retire(due.subject(), due.upstreamId()));
    if (outcome instanceof Outcome.Succeeded<Retired>) {
      ledger.done(due);
      metrics.of(due.subject()).retired(Duration.between(due.besideSince(), clock.instant()));
    } else {
      failed(due, String.valueOf(outcome.reason()));
    }
  }

  private boolean isStillUsed(Due due, Upstream upstream) {
    return switch (reads.look(due.subject(), upstream, due.upstreamId())) {
      case Reply.Success<UpstreamCredential>(var seen) -> isStillUsed(due, seen.lastUsedAt());
      case Reply.ErrorStatus<UpstreamCredential>(int status, var _, var _) when status == 404 ->
          false;
      case Reply<UpstreamCredential> unread -> {
        failed(due, "its last use could not be read: " + Outcome.of(unread).reason());
        yield true;
      }
    };
  }

  private boolean isStillUsed(Due due, @Nullable Instant lastUse) {
    Instant now = clock.instant();
    if (lastUse == null || lastUse.isBefore(now.minus(due.quiet()))) {
      return false;
    }
    Duration in = Duration.between(now, lastUse.plus(due.quiet())).plusSeconds(1);
    if (ledger.stillUsed(due, "last used at " + lastUse + "; its end is put off", in)) {
      metrics.of(due.subject()).stillUsed();
    }
    return true;
  }

  // Whatever was confirmed: the last credential of a subject that works is not ended.
  private boolean successorLives(Due due, Upstream upstream) {
    if (due.successor() == null) {
      ledger.withoutSuccessor(due, "the credential that took its place has gone");
      return false;
    }
    return switch (reads.look(due.subject(), upstream, due.successor())) {
      case Reply.Success<UpstreamCredential>(var seen) when seen.deletedAt() == null -> true;
      case Reply.Success<UpstreamCredential> _ -> {
        ledger.withoutSuccessor(due, "the credential that took its place has been ended");
        yield false;
      }
      case Reply.ErrorStatus<UpstreamCredential>(int status, var _, var _) when status == 404 -> {
        ledger.withoutSuccessor(due, "the credential that took its place has gone");
        yield false;
      }
      case Reply<UpstreamCredential> unread -> {
        failed(
            due,
            "the credential that took its place could not be read: " + Outcome.of(unread).reason());
        yield false;
      }
    };
  }

  private void failed(Due due, String why) {
    log.warn("{} of {} could not be ended yet: {}", due.upstreamId(), due.subject(), why);
    metrics.of(due.subject()).retirementFailed();
    ledger.failed(due, why, Pause.backoff(FIRST_PAUSE, due.tries(), LONGEST_PAUSE));
  }

  private void lookForFirstUse(RotationStatus standing) {
    try (var _ = RotationLog.about(standing.rotation())) {
      Known made = standing.made();
      if (made == null || !standing.possible().contains(Action.CONFIRM)) {
        overlaps.lookAgain(standing.rotation(), null);
        return;
      }
      Upstream upstream = upstreams.of(standing.subject());
      if (reads.look(standing.subject(), upstream, made.upstreamId())
              instanceof Reply.Success<UpstreamCredential>(var seen)
          && seen.lastUsedAt() != null) {
        overlaps.confirm(
            standing.rotation(),
            new Initiator.OfRekey(standing.subject()),
            null,
            false,
            "the new one was first seen used at " + seen.lastUsedAt());
      } else {
        overlaps.lookAgain(standing.rotation(), pauseBetweenLooks(seenSince(standing)));
      }
    } catch (ProblemException e) {
      log.info("Rotation {} does not stand to be confirmed any more", standing.rotation());
    } catch (DataAccessException | TransactionException e) {
      log.warn(
          "The look at rotation {} was put off: {}",
          standing.rotation(),
          e.getClass().getSimpleName());
    }
  }

  private Duration seenSince(RotationStatus standing) {
    // A UUIDv7 begins with the milliseconds of its making.
    long millis = standing.rotation().getMostSignificantBits() >>> 16;
    return Duration.between(Instant.ofEpochMilli(millis), clock.instant());
  }

  // The longer it took, the less it matters to see it at once.
  private Duration pauseBetweenLooks(Duration age) {
    Duration pause = age.dividedBy(20);
    Duration least = properties.retireEvery();
    if (pause.compareTo(least) < 0) {
      return least;
    }
    return pause.compareTo(LONGEST_LOOK_PAUSE) > 0 ? LONGEST_LOOK_PAUSE : pause;
  }
}
