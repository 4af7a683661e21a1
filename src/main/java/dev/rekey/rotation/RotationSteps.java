package dev.rekey.rotation;

import dev.rekey.credential.PredecessorCheck;
import dev.rekey.platform.Deadline;
import dev.rekey.platform.Ids;
import dev.rekey.platform.PathId;
import dev.rekey.platform.problem.ProblemException;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.rotation.UpstreamRotationMetrics.InFlight;
import dev.rekey.upstream.Minted;
import dev.rekey.upstream.Reply;
import dev.rekey.upstream.Reply.Obstacle;
import dev.rekey.upstream.Upstream.Retired;
import dev.rekey.upstream.UpstreamCredential;
import dev.rekey.upstream.UpstreamName;
import dev.rekey.upstream.UpstreamProblems;
import io.micrometer.context.ContextSnapshotFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;

/** The steps of a rotation: open, call, close. No transaction is open during the call. */
@Component
class RotationSteps {

  private static final Logger log = LoggerFactory.getLogger(RotationSteps.class);

  /** The part of the time limit of a response in which it may wait for its delivery. */
  private static final Duration RESPOND_WITHIN = Duration.ofSeconds(42);

  private final ExecutorService threads;
  private final ContextSnapshotFactory contexts = ContextSnapshotFactory.builder().build();
  private final Completion completion;
  private final OutcomeRecorder recorder;
  private final PredecessorCheck predecessors;
  private final SecretDeliveries deliveries;
  private final RotationMetrics metrics;
  private final Clock clock;

  RotationSteps(
      @Qualifier(RotationConfiguration.THREADS) ExecutorService threads,
      Completion completion,
      OutcomeRecorder recorder,
      PredecessorCheck predecessors,
      SecretDeliveries deliveries,
      RotationMetrics metrics,
      Clock clock) {
    this.threads = threads;
    this.completion = completion;
    this.recorder = recorder;
    this.predecessors = predecessors;
    this.deliveries = deliveries;
    this.metrics = metrics;
    this.clock = clock;
  }

  /** How far a rotation has come, for the thread that waits for it. */
  static final class Progress {

    private final Deadline callDeadline;
    private final Deadline respondBy = Deadline.in(RESPOND_WITHIN);
    private volatile @Nullable OpenAttempt opened;

    Progress(Deadline callDeadline) {
      this.callDeadline = callDeadline;
    }

    /** The problem for a response that cannot wait until the steps are done. */
    ProblemException tooLate() {
      OpenAttempt attempt = opened;
      return attempt == null
          ? ProblemType.RECORD_UNAVAILABLE.with(
              "Nothing was sent to the upstream. Repeat the request later.")
          : RotationProblems.unknown(attempt.upstream(), attempt.rotation(), "it took too long");
    }
  }

  /** Opens a rotation with this id for the request, or throws a problem. */
  interface Opening {

    OpenAttempt open(UUID id, RotationRequest request);
  }

  /** Runs all steps. Throws a problem for every outcome except success. */
  NewCredential run(Supplier<RotationRequest> requested, Opening opening, Progress progress) {
    RotationRequest request = requested.get();
    deliveries.requireTarget(request.identity());
    long begun = System.nanoTime();
    OpenAttempt attempt = open(opening, request);
    progress.opened = attempt;
    try (var _ = RotationLog.about(attempt.rotation());
        var inFlight = metrics.of(request.subject()).begin(begun)) {
      return callAndClose(attempt, progress, inFlight);
    }
  }

  private static OpenAttempt open(Opening opening, RotationRequest request) {
    try {
      return opening.open(Ids.next(), request);
    } catch (DuplicateKeyException e) {
      // Another rotation of the target was opened at the same instant.
      throw RotationProblems.inProgress(null);
    }
  }

  private NewCredential callAndClose(OpenAttempt attempt, Progress progress, InFlight inFlight) {
    UpstreamName upstream = attempt.upstream();
    String objection = deliveries.objection(attempt);
    Outcome<Minted> outcome =
        objection == null
            ? Outcome.of(call(attempt, progress.callDeadline, inFlight))
            : new Outcome.Withheld<>(objection);
    inFlight.outcome(outcome.state());
    log.info("Rotation {} of {} {}", attempt.rotation(), attempt.subject(), outcome.state());
    return switch (outcome) {
      case Outcome.Succeeded<Minted>(var minted) ->
          switch (completion.complete(attempt, minted, progress.callDeadline, inFlight)) {
            case Reply.Success<Minted>(var whole) ->
                deliver(attempt, whole, close(attempt, whole, inFlight), progress);
            case Reply<Minted> failed -> throw withdraw(attempt, minted, failed, inFlight);
          };
      case Outcome.NotAttempted<Minted>(var obstacle) -> {
        closeWithoutSecret(attempt, new Outcome.NotAttempted<>(obstacle));
        throw withId(attempt, UpstreamProblems.notSent(upstream, obstacle));
      }
      case Outcome.Withheld<Minted>(var why) -> {
        closeWithoutSecret(attempt, new Outcome.Withheld<>(why));
        throw RotationProblems.deliveryNotPossible(attempt.rotation(), why);
      }
      case Outcome.Rejected<Minted>(int status, var message, var retryAfter) -> {
        closeWithoutSecret(attempt, new Outcome.Rejected<>(status, message, retryAfter));
        throw withId(attempt, UpstreamProblems.refusal(upstream, status, message, retryAfter));
      }
      case Outcome.Unknown<Minted>(var why, var status, var made) -> {
        closeWithoutSecret(attempt, new Outcome.Unknown<>(why, status, made));
        throw RotationProblems.unknown(upstream, attempt.rotation(), why);
      }
      case Outcome.Compensated<Minted> _ ->
          throw new IllegalStateException("no reply means compensated");
    };
  }

  // The deadline begins before the attempt's lease in the database and is shorter. So nothing is
  // sent once another replica may take over.
  private Reply<Minted> call(OpenAttempt attempt, Deadline deadline, InFlight inFlight) {
    if (deadline.hasPassed()) {
      return new Reply.NotSent<>(Obstacle.TOO_LATE);
    }
    RotationRequest request = attempt.request();
    return inFlight.atUpstream(
        () -> request.upstream().mint(request.subject(), request.naming(), attempt.id(), deadline));
  }

  /** Begins the delivery, and waits a moment for it. */
  private NewCredential deliver(
      OpenAttempt attempt, Minted minted, NewCredential closed, Progress progress) {
    DeliveryMode mode = attempt.request().delivery();
    if (mode == DeliveryMode.NONE) {
      return closed;
    }
    return closed.delivered(mode, deliveries.deliver(attempt, minted, progress.respondBy));
  }

  private NewCredential close(OpenAttempt attempt, Minted minted, InFlight inFlight) {
    UpstreamCredential made = minted.credential();
    RotationRequest request = attempt.request();
    var success = new Outcome.Succeeded<>(made);
    return switch (recorder.tryRecord(attempt, success)) {
      case Closing.Recorded(var credential, var oldCreatedAt) -> {
        if (oldCreatedAt != null) {
          metrics.of(request.subject()).replaced(Duration.between(oldCreatedAt, clock.instant()));
        }
        checkPredecessors(request);
        yield new NewCredential(attempt.rotation(), credential, minted);
      }
      case Closing.Fenced _ ->
          throw takeBack(
              attempt, made.id(), "its lease had expired", false, inFlight, unrecorded(attempt));
      case null -> {
        if (request.isAdditive()) {
          throw takeBack(
              attempt, made.id(), "it could not be recorded", false, inFlight, unrecorded(attempt));
        }
        // The mint may have revoked the old credential: a lost secret is worse than a late record.
        recorder.recordLater(attempt, success, () -> checkPredecessors(request));
        yield new NewCredential(attempt.rotation(), null, minted);
      }
    };
  }

  private static ProblemException unrecorded(OpenAttempt attempt) {
    return RotationProblems.compensated(attempt.upstream(), attempt.rotation());
  }

  /** Retires a credential whose description could not be completed. */
  private ProblemException withdraw(
      OpenAttempt attempt, Minted minted, Reply<Minted> failed, InFlight inFlight) {
    String why = "its description could not be completed: " + Outcome.of(failed).reason();
    boolean isUnknownYet =
        failed instanceof Reply.ErrorStatus<Minted>(int status, var _, var _) && status == 404;
    return takeBack(
        attempt,
        minted.credential().id(),
        why,
        isUnknownYet,
        inFlight,
        RotationProblems.incomplete(attempt.upstream(), attempt.rotation(), failed));
  }

  /**
   * Retires a credential that was minted and is not delivered.
   *
   * @param isUnknownYet whether the upstream may not know it yet, so that a 404 proves nothing
   * @param ifGone the problem to return once it is certainly gone
   */
  private ProblemException takeBack(
      OpenAttempt attempt,
      PathId made,
      String why,
      boolean isUnknownYet,
      InFlight inFlight,
      ProblemException ifGone) {
    RotationRequest request = attempt.request();
    Reply<Retired> reply =
        inFlight.atUpstream(() -> request.upstream().retire(request.subject(), made));
    boolean isGone =
        reply instanceof Reply.Success<Retired>(var how)
            && !(isUnknownYet && how == Retired.ALREADY_GONE);
    String unclear = why + ", and it is not certain that it was removed";
    Outcome<UpstreamCredential> outcome =
        isGone ? new Outcome.Compensated<>(made, why) : new Outcome.Unknown<>(unclear, null, made);
    inFlight.outcome(outcome.state());
    log.info(
        "Rotation {} of {} {}: {}", attempt.rotation(), attempt.subject(), outcome.state(), why);
    closeWithoutSecret(attempt, outcome);
    return isGone
        ? ifGone
        : RotationProblems.unknown(attempt.upstream(), attempt.rotation(), unclear);
  }

  private void closeWithoutSecret(OpenAttempt attempt, Outcome<UpstreamCredential> outcome) {
    if (recorder.tryRecord(attempt, outcome) == null) {
      recorder.recordLater(attempt, outcome, () -> {});
    }
  }

  /** Reads older credentials that the mint may have revoked, without delaying the response. */
  private void checkPredecessors(RotationRequest request) {
    if (request.isListable()) {
      return;
    }
    try {
      threads.execute(
          contexts
              .captureAll()
              .wrap(() -> predecessors.check(request.upstream(), request.subject())));
    } catch (RejectedExecutionException e) {
      log.info("Older credentials of {} are not checked during shutdown", request.subject());
    }
  }

  private static ProblemException withId(OpenAttempt attempt, ProblemException problem) {
    return RotationProblems.of(problem, attempt.rotation());
  }
}
