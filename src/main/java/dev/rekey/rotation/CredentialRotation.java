package dev.rekey.rotation;

import dev.rekey.access.Permit;
import dev.rekey.credential.Predecessors;
import dev.rekey.platform.Deadline;
import dev.rekey.platform.Ids;
import dev.rekey.platform.Problem;
import dev.rekey.platform.ProblemException;
import dev.rekey.platform.ProblemType;
import dev.rekey.platform.RekeyHeaders;
import dev.rekey.upstream.Label;
import dev.rekey.upstream.Listing;
import dev.rekey.upstream.Minted;
import dev.rekey.upstream.Reply;
import dev.rekey.upstream.Reply.Obstacle;
import dev.rekey.upstream.Upstream;
import dev.rekey.upstream.UpstreamProblems;
import io.micrometer.context.ContextSnapshotFactory;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Makes new credentials: open, call, close. The three steps run in a thread of their own, so that
 * they end properly whether or not the caller still waits, and so that it has its answer in time
 * whatever they wait for.
 */
@Component
public class CredentialRotation {

  private static final Logger log = LoggerFactory.getLogger(CredentialRotation.class);

  /** Official clients give up after 60 s, and promise themselves an answer within 45 s from us. */
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(44);

  /** Nothing is sent, and nothing waited for, after this; the rest is for step 3. */
  private static final Duration CALL_WITHIN = Duration.ofSeconds(36);

  private final ExecutorService threads;
  private final ContextSnapshotFactory contexts = ContextSnapshotFactory.builder().build();
  private final RotationLedger ledger;
  private final Predecessors predecessors;

  CredentialRotation(
      @Qualifier(RotationConfiguration.THREADS) ExecutorService threads,
      RotationLedger ledger,
      Predecessors predecessors) {
    this.threads = threads;
    this.ledger = ledger;
    this.predecessors = predecessors;
  }

  /**
   * Makes one new credential. Throws a problem for every outcome but success.
   *
   * @param isRepetition whether the client says that it sent the same request before
   */
  public Delivery mint(
      Permit.Write permit, Upstream upstream, Label request, boolean isRepetition) {
    var rotation = new Run(Ids.next(), permit, upstream, request, isRepetition);
    var answer = threads.submit(contexts.captureAll().wrap(rotation::openCallClose));
    try {
      return answer.get(ANSWER_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw rotation.lateAnswer().exception();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw rotation.lateAnswer().exception();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(e.getCause());
    }
  }

  /** Lets what is under way end, while there still is a database to record it in. */
  @PreDestroy
  void finish() {
    threads.close();
  }

  private static void refuseRepetition(UUID earlier) {
    throw ProblemType.REPEATED_MINT
        .with(
            "Your client repeated by itself a request that may have made a credential. Read the"
                + " rotation in Location before you ask for another one.")
        .member("rotationId", earlier)
        .header(HttpHeaders.LOCATION, location(earlier))
        .header(RekeyHeaders.ROTATION_ID, earlier.toString())
        .exception();
  }

  private static String location(UUID rotation) {
    return "/api/v1/rotations/" + rotation;
  }

  /** One rotation under way. */
  private final class Run {

    private final UUID id;
    private final Permit.Write permit;
    private final Upstream upstream;
    private final Label request;
    private final boolean isRepetition;
    private final Deadline callDeadline = Deadline.in(CALL_WITHIN);
    private final AtomicBoolean opened = new AtomicBoolean();

    Run(UUID id, Permit.Write permit, Upstream upstream, Label request, boolean isRepetition) {
      this.id = id;
      this.permit = permit;
      this.upstream = upstream;
      this.request = request;
      this.isRepetition = isRepetition;
    }

    Delivery openCallClose() {
      if (isRepetition) {
        ledger.repeated(permit, request).ifPresent(CredentialRotation::refuseRepetition);
      }
      ledger.open(id, permit, request);
      opened.set(true);
      Outcome<Minted> outcome = Outcome.of(call());
      UUID credential = close(outcome);
      log.info("Rotation {} of {} ended {}", id, permit.subject(), outcome.state());
      return switch (outcome) {
        case Outcome.Succeeded<Minted>(var minted) -> {
          lookAtPredecessors();
          yield new Delivery(id, credential, minted);
        }
        case Outcome.NotAttempted<Minted>(var obstacle) ->
            throw withId(UpstreamProblems.notSent(permit.subject().upstream(), obstacle));
        case Outcome.Rejected<Minted>(var refusal) ->
            throw withId(UpstreamProblems.refusal(permit.subject().upstream(), refusal));
        case Outcome.Unknown<Minted>(var why, var _) -> throw withId(unknown(why));
      };
    }

    private Reply<Minted> call() {
      return callDeadline.hasPassed()
          ? new Reply.NotSent<>(Obstacle.TOO_LATE)
          : upstream.mint(permit.subject(), request, callDeadline);
    }

    // A secret that is not handed over is lost for good, so it is, even if its record has to wait.
    private @Nullable UUID close(Outcome<Minted> outcome) {
      try {
        return ledger.close(id, permit, outcome);
      } catch (DataAccessException | TransactionException first) {
        try {
          return ledger.close(id, permit, outcome);
        } catch (DataAccessException | TransactionException second) {
          log.error(
              "Rotation {} of {} for {} ended {} ({}) but this could not be recorded: {}",
              id,
              permit.subject(),
              permit.caller().id(),
              outcome.state(),
              outcome instanceof Outcome.Succeeded<Minted>(var minted)
                  ? "credential " + minted.credential().id()
                  : outcome.reason(),
              second.getClass().getSimpleName());
          return null;
        }
      }
    }

    // Nothing of this may keep the secret from its caller.
    private void lookAtPredecessors() {
      if (!(upstream instanceof Listing)) {
        try {
          threads.execute(() -> predecessors.look(upstream, permit.subject()));
        } catch (RejectedExecutionException e) {
          log.info("What became of older credentials of {} is left open", permit.subject());
        }
      }
    }

    Problem lateAnswer() {
      return opened.get()
          ? headers(unknown("it took too long"))
          : ProblemType.RECORD_UNAVAILABLE.with(
              "Nothing was sent to the upstream. Repeat the request in a while.");
    }

    private Problem unknown(String why) {
      return ProblemType.ROTATION_OUTCOME_UNKNOWN
          .with(
              "Rekey asked "
                  + permit.subject().upstream()
                  + " for a credential, but "
                  + why
                  + ". It may exist, and nobody has its secret. Read the rotation in Location;"
                  + " rotate again when you are ready for another credential.")
          .header(HttpHeaders.LOCATION, location(id));
    }

    private ProblemException withId(Problem problem) {
      return headers(problem).exception();
    }

    private Problem headers(Problem problem) {
      return problem.member("rotationId", id).header(RekeyHeaders.ROTATION_ID, id.toString());
    }
  }
}
