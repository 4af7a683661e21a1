package dev.rekey.rotation;

import dev.rekey.audit.AuditEntry;
import dev.rekey.audit.AuditLog;
import dev.rekey.credential.PredecessorCheck;
import dev.rekey.platform.Deadline;
import dev.rekey.platform.Ids;
import dev.rekey.platform.PathId;
import dev.rekey.platform.problem.Problem;
import dev.rekey.platform.problem.ProblemException;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.rotation.RotationLedger.Closing;
import dev.rekey.rotation.RotationLedger.Opened;
import dev.rekey.rotation.RotationMetrics.OfUpstream.Underway;
import dev.rekey.upstream.Minted;
import dev.rekey.upstream.Reply;
import dev.rekey.upstream.Reply.Obstacle;
import dev.rekey.upstream.Upstream.Retired;
import dev.rekey.upstream.UpstreamCredential;
import dev.rekey.upstream.UpstreamName;
import dev.rekey.upstream.UpstreamProblems;
import io.micrometer.context.ContextSnapshotFactory;
import jakarta.annotation.PreDestroy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DuplicateKeyException;
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

  /** How long step 3 is tried before what was made is handed over, or taken back, without it. */
  private static final Duration RECORD_WITHIN = Duration.ofSeconds(4);

  private static final Duration RECORD_PAUSE = Duration.ofMillis(250);
  private static final Duration BACKFILL_WITHIN = Duration.ofSeconds(10);

  private final ExecutorService threads;
  private final ContextSnapshotFactory contexts = ContextSnapshotFactory.builder().build();
  private final RotationLedger ledger;
  private final LateRecords lateRecords;
  private final AuditLog audit;
  private final PredecessorCheck predecessors;
  private final RotationProperties properties;
  private final RotationMetrics metrics;
  private final Clock clock;

  CredentialRotation(
      @Qualifier(RotationConfiguration.THREADS) ExecutorService threads,
      RotationLedger ledger,
      LateRecords lateRecords,
      AuditLog audit,
      PredecessorCheck predecessors,
      RotationProperties properties,
      RotationMetrics metrics,
      Clock clock) {
    this.threads = threads;
    this.ledger = ledger;
    this.lateRecords = lateRecords;
    this.audit = audit;
    this.predecessors = predecessors;
    this.properties = properties;
    this.metrics = metrics;
    this.clock = clock;
  }

  /** Makes one new credential. Throws a problem for every outcome but success. */
  public Delivery mint(RotationRequest wish) {
    return mint(
        () -> {
          refuseRepetition(wish);
          return wish;
        });
  }

  private void refuseRepetition(RotationRequest wish) {
    if (wish.isRepetition() && wish.key() == null) {
      ledger
          .repeated(wish)
          .ifPresent(
              earlier -> {
                throw RotationProblems.repeatedMint(earlier).exception();
              });
    }
  }

  /**
   * As the other.
   *
   * @param wish makes sure that the credential may be made, which takes part of the time that there
   *     is; what it throws is thrown here
   */
  Delivery mint(Supplier<RotationRequest> wish) {
    var rotation = new Run(wish);
    Future<Delivery> answer;
    try {
      answer = threads.submit(contexts.captureAll().wrap(rotation::openCallClose));
    } catch (RejectedExecutionException e) {
      throw ProblemType.RECORD_UNAVAILABLE
          .with("Rekey is being stopped. Nothing was sent to the upstream; repeat the request.")
          .exception();
    }
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

  /**
   * Notes, as far as that can be known, that the caller was sent the secret. Returns at once, and
   * throws nothing.
   */
  public void delivered(UUID rotation) {
    var at = clock.instant();
    try {
      threads.execute(
          () -> {
            try (var _ = RotationLog.about(rotation)) {
              ledger.delivered(rotation, at);
            } catch (DataAccessException | TransactionException e) {
              log.info("That rotation {} was delivered could not be noted", rotation);
            }
          });
    } catch (RejectedExecutionException e) {
      log.info("That rotation {} was delivered is not noted, because of the stop", rotation);
    }
  }

  /** Lets what is under way end, while there still is a database to record it in. */
  @PreDestroy
  void finish() {
    threads.close();
    lateRecords.writeWithin(BACKFILL_WITHIN);
  }

  /** One rotation under way. */
  private final class Run {

    private final Supplier<RotationRequest> wanted;
    private final Deadline callDeadline = Deadline.in(properties.callWithin());
    private volatile @Nullable Opened known;

    Run(Supplier<RotationRequest> wanted) {
      this.wanted = wanted;
    }

    Delivery openCallClose() {
      RotationRequest wish = wanted.get();
      long begun = System.nanoTime();
      Opened opened = open(wish);
      known = opened;
      try (var _ = RotationLog.about(opened.rotation());
          var underway = metrics.of(wish.subject()).begin(begun)) {
        return callClose(opened, underway);
      }
    }

    private Delivery callClose(Opened opened, Underway underway) {
      UpstreamName upstream = opened.upstream();
      Outcome<Minted> outcome = Outcome.of(call(opened, underway));
      underway.ends(outcome.state());
      log.info(
          "Rotation {} of {} ended {}",
          opened.rotation(),
          opened.wish().subject(),
          outcome.state());
      return switch (outcome) {
        case Outcome.Succeeded<Minted>(var minted) -> close(opened, minted, underway);
        case Outcome.NotAttempted<Minted>(var obstacle) -> {
          closeWithoutSecret(opened, outcome);
          throw withId(opened, UpstreamProblems.notSent(upstream, obstacle));
        }
        case Outcome.Rejected<Minted>(int status, var message, var retryAfter) -> {
          closeWithoutSecret(opened, outcome);
          throw withId(opened, UpstreamProblems.refusal(upstream, status, message, retryAfter));
        }
        case Outcome.Unknown<Minted>(var why, var _, var _) -> {
          closeWithoutSecret(opened, outcome);
          throw RotationProblems.unknown(upstream, opened.rotation(), why).exception();
        }
        case Outcome.Compensated<Minted> _ ->
            throw new IllegalStateException("no reply says that something was undone");
      };
    }

    private Opened open(RotationRequest wish) {
      try {
        return ledger.open(Ids.next(), wish);
      } catch (DuplicateKeyException e) {
        // Another rotation of the target began at the same instant.
        throw RotationProblems.inProgress(null).exception();
      }
    }

    private Reply<Minted> call(Opened opened, Underway underway) {
      try {
        if (callDeadline.hasPassed() || !ledger.maySend(opened)) {
          return new Reply.NotSent<>(Obstacle.TOO_LATE);
        }
      } catch (DataAccessException | TransactionException e) {
        return new Reply.NotSent<>(Obstacle.NO_LEASE);
      }
      RotationRequest wish = opened.wish();
      return underway.atUpstream(
          () -> wish.upstream().mint(wish.subject(), wish.label(), opened.attempt(), callDeadline));
    }

    private Delivery close(Opened opened, Minted minted, Underway underway) {
      UpstreamCredential made = minted.credential();
      Closing closing = tryClose(opened, new Outcome.Succeeded<>(made));
      return switch (closing) {
        case Closing.Recorded(var credential, var replacedSince) -> {
          if (replacedSince != null) {
            metrics
                .of(opened.wish().subject())
                .replaced(Duration.between(replacedSince, clock.instant()));
          }
          lookAtPredecessors(opened.wish());
          yield new Delivery(opened.rotation(), credential, minted);
        }
        case Closing.Fenced _ ->
            throw takeBack(opened, made.id(), "its lease had run out", underway);
        case null -> {
          if (opened.wish().isAdditive()) {
            throw takeBack(opened, made.id(), "it could not be recorded", underway);
          }
          // It may have ended the older one: a lost secret is worse than a late row.
          later(opened, new Outcome.Succeeded<>(made));
          yield new Delivery(opened.rotation(), null, minted);
        }
      };
    }

    /** Ends what was made, so that no credential lives that nobody holds. */
    private ProblemException takeBack(Opened opened, PathId made, String why, Underway underway) {
      RotationRequest wish = opened.wish();
      Reply<Retired> gone = underway.atUpstream(() -> wish.upstream().retire(wish.subject(), made));
      boolean isGone = gone instanceof Reply.Success<Retired>;
      String unclear = why + ", and that it was ended again is not sure";
      Outcome<UpstreamCredential> outcome =
          isGone
              ? new Outcome.Compensated<>(made, why)
              : new Outcome.Unknown<>(unclear, null, made);
      underway.ends(outcome.state());
      closeWithoutSecret(opened, outcome);
      return (isGone
              ? RotationProblems.compensated(opened.upstream(), opened.rotation())
              : RotationProblems.unknown(opened.upstream(), opened.rotation(), unclear))
          .exception();
    }

    private void closeWithoutSecret(Opened opened, Outcome<?> outcome) {
      Outcome<UpstreamCredential> record =
          outcome.map(
              _ -> {
                throw new IllegalStateException("a success has a credential to record");
              });
      if (tryClose(opened, record) == null) {
        later(opened, record);
      }
    }

    /** Null if it could not be recorded, which may be because the answer to a commit got lost. */
    private @Nullable Closing tryClose(Opened opened, Outcome<UpstreamCredential> outcome) {
      var deadline = Deadline.in(RECORD_WITHIN);
      while (true) {
        try {
          return ledger.close(opened, outcome, null);
        } catch (DataAccessException | TransactionException e) {
          if (deadline.hasPassed() || !Pause.sleep(RECORD_PAUSE)) {
            log.error(
                "Rotation {} of {} ended {} but this could not be recorded: {}",
                opened.rotation(),
                opened.wish().subject(),
                outcome.state(),
                e.getClass().getSimpleName());
            return null;
          }
        }
      }
    }

    private void later(Opened opened, Outcome<UpstreamCredential> outcome) {
      Instant now = clock.instant();
      audit.sink(
          AuditEntry.of(RotationLedger.type(outcome), opened.wish().permit())
              .rotation(opened.rotation())
              .credential(RotationLedger.made(outcome), null)
              .ended(outcome.audited(), outcome.reason())
              .backfilled(now));
      lateRecords.add(
          opened.rotation(),
          () -> {
            ledger.close(opened, outcome, now);
            if (outcome instanceof Outcome.Succeeded) {
              lookAtPredecessors(opened.wish());
            }
          });
    }

    // Nothing of this may keep the secret from its caller.
    private void lookAtPredecessors(RotationRequest wish) {
      if (!wish.isListed()) {
        try {
          threads.execute(
              contexts.captureAll().wrap(() -> predecessors.look(wish.upstream(), wish.subject())));
        } catch (RejectedExecutionException e) {
          log.info("What became of older credentials of {} is left open", wish.subject());
        }
      }
    }

    Problem lateAnswer() {
      Opened opened = known;
      return opened == null
          ? ProblemType.RECORD_UNAVAILABLE.with(
              "Nothing was sent to the upstream. Repeat the request in a while.")
          : RotationProblems.unknown(opened.upstream(), opened.rotation(), "it took too long");
    }

    private static ProblemException withId(Opened opened, Problem problem) {
      return RotationProblems.of(problem, opened.rotation()).exception();
    }
  }
}
