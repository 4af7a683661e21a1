package dev.rekey.rotation;

import dev.rekey.credential.Credentials;
import dev.rekey.delivery.DeliveryProperties;
import dev.rekey.delivery.DeliveryTarget;
import dev.rekey.delivery.DeliveryTargets;
import dev.rekey.delivery.Handover;
import dev.rekey.delivery.Held;
import dev.rekey.delivery.TargetReply;
import dev.rekey.platform.Deadline;
import dev.rekey.platform.PathId;
import dev.rekey.platform.Pause;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.rotation.DueDelivery.Claim;
import dev.rekey.rotation.RotationRequest.Overlap;
import dev.rekey.rotation.RotationRequest.Reissue;
import dev.rekey.rotation.SecretDeliveryLedger.Holding;
import dev.rekey.upstream.Minted;
import dev.rekey.upstream.Subject;
import io.micrometer.context.ContextSnapshotFactory;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Delivers the secrets that this replica has minted. A secret is in memory until its target has it,
 * or until the time for that is over. If this process is lost before, {@link LostSecrets} mints
 * again.
 */
@Component
class SecretDeliveries {

  private static final Logger log = LoggerFactory.getLogger(SecretDeliveries.class);

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

  /** The lease without the time of one try, in which another replica surely does not take over. */
  private static final Duration SURELY_OURS =
      SecretDeliveryLedger.LEASE.minus(Duration.ofSeconds(25));

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final ContextSnapshotFactory contexts = ContextSnapshotFactory.builder().build();
  private final DeliveryTargets targets;
  private final DeliveryProperties properties;
  private final SecretDeliveryLedger ledger;
  private final Credentials credentials;
  private final DeliveryMetrics metrics;

  SecretDeliveries(
      DeliveryTargets targets,
      DeliveryProperties properties,
      SecretDeliveryLedger ledger,
      Credentials credentials,
      DeliveryMetrics metrics) {
    this.targets = targets;
    this.properties = properties;
    this.ledger = ledger;
    this.credentials = credentials;
    this.metrics = metrics;
  }

  /** The kind and address of a subject's target; empty if it has none. */
  Optional<String> place(Subject subject) {
    return targets.of(subject).map(DeliveryTarget::describe);
  }

  /**
   * Throws a {@code no-delivery-target} problem if the request is to be delivered, and its subject
   * has no target.
   */
  void requireTarget(RequestIdentity request) {
    Subject subject = request.by().subject();
    if (request.delivery() != DeliveryMode.NONE && targets.of(subject).isEmpty()) {
      throw ProblemType.NO_DELIVERY_TARGET
          .with(
              "No delivery target is configured for %s. Leave out %s, or ask Rekey's operators for a"
                      .formatted(subject, DeliveryMode.HEADER)
                  + " target. Nothing was minted.")
          .member("subject", subject.name());
    }
  }

  /**
   * Why the secret of an attempt could not be delivered, as a sentence; null if nothing is in the
   * way, or if it is not to be delivered. Asks the target, and changes nothing.
   */
  @Nullable String objection(OpenAttempt attempt) {
    RotationRequest request = attempt.request();
    if (request.delivery() == DeliveryMode.NONE) {
      return null;
    }
    DeliveryTarget target = targets.of(request.subject()).orElseThrow();
    return switch (target.check(attempt.rotation())) {
      case TargetReply.Failed<Held>(var why) -> why;
      case TargetReply.Done<Held>(var held) when held.isNewerThan(attempt.startedAt()) ->
          target.describe()
              + " says that its secret is newer than this rotation. Check the clocks.";
      case TargetReply.Done<Held>(var held) ->
          wouldStrand(request, held.credential())
              ? "%s has credential %s, which is active and is not the one that is replaced. Rotate that one."
                  .formatted(target.describe(), held.credential())
              : null;
    };
  }

  // A credential that leaves its Secret while nobody retires it would stay valid unseen.
  private boolean wouldStrand(RotationRequest request, @Nullable PathId held) {
    if (held == null || !request.isListable() || request.purpose() instanceof Reissue) {
      return false;
    }
    Overlap overlap = request.purpose().overlap();
    return credentials
        .activeIdOf(request.subject(), held)
        .filter(active -> overlap == null || !active.equals(overlap.old()))
        .isPresent();
  }

  /**
   * Starts the delivery of a new secret in its own thread, and waits until the target has it.
   * Returns false if that takes longer than a response may wait; the delivery goes on.
   *
   * @param until the time limit of the response
   */
  boolean deliver(OpenAttempt attempt, Minted minted, Deadline until) {
    return begin(attempt, minted)
        .completeOnTimeout(
            false,
            until.atMost(properties.respondWithin()).remaining().toMillis(),
            TimeUnit.MILLISECONDS)
        .join();
  }

  private CompletableFuture<Boolean> begin(OpenAttempt attempt, Minted minted) {
    var delivered = new CompletableFuture<Boolean>();
    DeliveryTarget target = targets.of(attempt.subject()).orElseThrow();
    try {
      threads.execute(
          contexts
              .captureAll()
              .wrap(
                  () -> {
                    ClaimedWork.run(
                        log,
                        "The delivery of " + attempt.subject(),
                        attempt.rotation(),
                        () -> hold(attempt, minted, target, delivered));
                    delivered.complete(false);
                  }));
    } catch (RejectedExecutionException e) {
      delivered.complete(false);
    }
    return delivered;
  }

  private void hold(
      OpenAttempt attempt,
      Minted minted,
      DeliveryTarget target,
      CompletableFuture<Boolean> delivered) {
    Initiator by = attempt.request().by();
    Handover handover = handover(attempt, minted);
    var until = Deadline.in(properties.holdFor());
    var known = Deadline.in(SURELY_OURS);
    int tries = 0;
    Holding holding;
    do {
      tries++;
      holding = holding(attempt);
      if (holding instanceof Holding.Gone) {
        return;
      }
      if (holding instanceof Holding.Ours) {
        known = Deadline.in(SURELY_OURS);
      } else if (known.hasPassed() && attempt.request().isAdditive()) {
        continue;
      }
      switch (target.deliver(handover, minted)) {
        case TargetReply.Done<Held> _ -> {
          if (holding instanceof Holding.Ours(var claim) && isRecorded(claim, by, handover)) {
            delivered.complete(true);
            metrics.delivered(attempt.upstream());
            log.info("The secret of {} was delivered to {}", attempt.subject(), target.describe());
            restart(claim, by, handover, target);
            return;
          }
          delivered.complete(true);
        }
        case TargetReply.Failed<Held>(var why) -> {
          metrics.failed(attempt.upstream());
          log.warn("The secret of {} is not delivered yet: {}", attempt.subject(), why);
          if (holding instanceof Holding.Ours(var claim)) {
            recordFailure(claim, by, why);
          }
        }
      }
    } while (!until.hasPassed()
        && !isStoppedWithin(Pause.backoff(FIRST_PAUSE, tries, LONGEST_PAUSE)));
    if (holding instanceof Holding.Ours(var claim)) {
      release(claim);
    }
  }

  private static Handover handover(OpenAttempt attempt, Minted minted) {
    Instant rotatedAt = attempt.startedAt();
    Overlap overlap = attempt.request().purpose().overlap();
    return new Handover(
        attempt.rotation(),
        attempt.subject(),
        minted.credential().id(),
        rotatedAt,
        overlap == null
            ? null
            : rotatedAt.plus(RotationDecisionLedger.graceOf(overlap.terms().grace())));
  }

  /** Has the workloads use the secret. If that fails, {@link LostSecrets} repeats it. */
  void restart(Claim claim, Initiator by, Handover handover, DeliveryTarget target) {
    switch (target.restart(handover)) {
      case TargetReply.Done<Held> _ -> ledger.finished(claim, by, handover, target.restarts());
      case TargetReply.Failed<Held>(var why) -> {
        metrics.failed(handover.subject().upstream());
        log.warn("The workloads of {} are not restarted yet: {}", handover.subject(), why);
        ledger.failed(claim, by, why, LONGEST_PAUSE);
      }
    }
  }

  // The mint itself may not be recorded yet, if the database was unavailable.
  private boolean isRecorded(Claim claim, Initiator by, Handover handover) {
    try {
      return ledger.delivered(claim, by, handover);
    } catch (DataAccessException | TransactionException e) {
      log.warn("The delivery cannot be recorded yet: {}", e.getClass().getSimpleName());
      return false;
    }
  }

  // Without the database, this replica may deliver for a while. After that, another one that still
  // has it may have retired the credential, unless the upstream is a replacing one.
  private Holding holding(OpenAttempt attempt) {
    try {
      return ledger.hold(attempt);
    } catch (DataAccessException | TransactionException e) {
      return new Holding.Unrecorded();
    }
  }

  private void recordFailure(Claim claim, Initiator by, String why) {
    try {
      ledger.failed(claim, by, why, SecretDeliveryLedger.LEASE);
    } catch (DataAccessException | TransactionException e) {
      log.warn("The failure cannot be recorded: {}", e.getClass().getSimpleName());
    }
  }

  private boolean isStoppedWithin(Duration time) {
    try {
      return stopping.await(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private void release(Claim claim) {
    log.warn("The delivery is left to another replica, which mints again if the secret is lost");
    try {
      ledger.release(claim);
    } catch (DataAccessException | TransactionException e) {
      log.info("Another replica takes over when the lease has expired");
    }
  }

  /** The target with this name of a subject; empty if it is not configured here. */
  Optional<DeliveryTarget> find(DueDelivery due) {
    return targets.of(due.subject()).filter(target -> target.name().equals(due.target()));
  }

  /** Lets the tries in progress end. What is not delivered by then is lost. */
  @PreDestroy
  void stop() {
    stopping.countDown();
    threads.close();
  }
}
