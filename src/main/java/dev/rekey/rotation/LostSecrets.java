package dev.rekey.rotation;

import dev.rekey.delivery.DeliveryTarget;
import dev.rekey.delivery.Held;
import dev.rekey.delivery.TargetReply;
import dev.rekey.platform.Deadline;
import dev.rekey.platform.PathId;
import dev.rekey.platform.Pause;
import dev.rekey.platform.problem.ProblemException;
import dev.rekey.rotation.RotationSteps.Progress;
import dev.rekey.upstream.CredentialNaming;
import dev.rekey.upstream.Upstream;
import dev.rekey.upstream.Upstream.Retired;
import dev.rekey.upstream.Upstreams;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Finishes deliveries whose replica is gone, on every replica. If the target does not have the
 * secret, the secret is lost: its credential is retired, and another attempt of the same rotation
 * mints again.
 */
@Component
class LostSecrets {

  private static final Logger log = LoggerFactory.getLogger(LostSecrets.class);

  private static final int MAX_MINTS = 3;

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(2);

  private final SecretDeliveryLedger ledger;
  private final SecretDeliveries deliveries;
  private final OpeningLedger opening;
  private final ChangeLedger changeLedger;
  private final CredentialChanges changes;
  private final RotationSteps steps;
  private final RotationStatuses statuses;
  private final Upstreams upstreams;
  private final RotationProperties properties;
  private final DeliveryMetrics metrics;

  LostSecrets(
      SecretDeliveryLedger ledger,
      SecretDeliveries deliveries,
      OpeningLedger opening,
      ChangeLedger changeLedger,
      CredentialChanges changes,
      RotationSteps steps,
      RotationStatuses statuses,
      Upstreams upstreams,
      RotationProperties properties,
      DeliveryMetrics metrics) {
    this.ledger = ledger;
    this.deliveries = deliveries;
    this.opening = opening;
    this.changeLedger = changeLedger;
    this.changes = changes;
    this.steps = steps;
    this.statuses = statuses;
    this.upstreams = upstreams;
    this.properties = properties;
    this.metrics = metrics;
  }

  /** Handles everything that is due, once. Returns when all claimed work is done. */
  @Scheduled(
      fixedDelayString =
          "${rekey.rotation.reconcile-every:" + RotationProperties.RECONCILE_EVERY + "}")
  void sweep() {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (DueDelivery due : ledger.claim()) {
        String what = "The delivery of " + due.subject();
        threads.execute(() -> ClaimedWork.run(log, what, due.rotation(), () -> settle(due)));
      }
    }
  }

  private void settle(DueDelivery due) {
    DeliveryTarget target = deliveries.find(due).orElse(null);
    if (target == null) {
      failed(due, "The target " + due.target() + " is not configured.");
      return;
    }
    switch (due.state()) {
      case RESERVED -> settleReserved(due, target);
      case OUTSTANDING -> settleOutstanding(due, target);
      case DELIVERED ->
          deliveries.restart(due.claim(), Initiator.rekey(due.subject()), due.handover(), target);
      case PARKED, SUPERSEDED -> throw new IllegalStateException("nothing is due");
    }
  }

  private void settleReserved(DueDelivery due, DeliveryTarget target) {
    switch (due.attemptState()) {
      // The reconciler closes it when its lease has expired.
      case PENDING, SUCCEEDED -> ledger.postpone(due, FIRST_PAUSE);
      case UNKNOWN -> {
        if (due.isReconciling()) {
          ledger.postpone(due, FIRST_PAUSE);
        } else if (upstreams.of(due.subject()).isAdditive()) {
          park(due, "It is not known whether the attempt made a credential.");
        } else if (ledger.lost(due, false)) {
          // The next mint replaces what this attempt may have made.
          mintAgain(due, target);
        }
      }
      case NOT_ATTEMPTED, REJECTED, NOT_APPLIED, ORPHAN_REMOVED, COMPENSATED ->
          mintAgain(due, target);
      case SUPERSEDED, RESOLVED -> park(due, "The rotation was closed in another way.");
    }
  }

  private void settleOutstanding(DueDelivery due, DeliveryTarget target) {
    var by = Initiator.rekey(due.subject());
    switch (target.held()) {
      case TargetReply.Failed<Held>(var why) -> failed(due, why);
      case TargetReply.Done<Held>(var held) when held.is(due.handover()) -> {
        if (ledger.delivered(due.claim(), by, due.handover())) {
          metrics.delivered(due.subject().upstream());
          deliveries.restart(due.claim(), by, due.handover(), target);
        }
      }
      case TargetReply.Done<Held> _ -> settleLost(due, target);
    }
  }

  private void settleLost(DueDelivery due, DeliveryTarget target) {
    Upstream upstream = upstreams.of(due.subject());
    PathId made = due.handover().credential();
    if (due.hasCaller()) {
      park(due, "The caller has the secret, but Rekey was stopped before the target had it.");
      return;
    }
    if (upstream.isAdditive() && !isRetired(due, upstream, made)) {
      failed(due, "The credential whose secret was lost could not be retired.");
      return;
    }
    if (ledger.lost(due, upstream.isAdditive())) {
      metrics.lost(due.subject().upstream());
      log.warn("The secret of {} was lost before it was delivered", due.subject());
      mintAgain(due, target);
    }
  }

  private boolean isRetired(DueDelivery due, Upstream upstream, PathId made) {
    OpenChange open =
        changeLedger.open(
            ChangeKind.retirementAt(upstream),
            Initiator.rekey(due.subject()),
            made,
            due.rotation(),
            CredentialNaming.NONE);
    return changes.send(open, () -> upstream.retire(due.subject(), made))
        instanceof Outcome.Succeeded<Retired>;
  }

  private void mintAgain(DueDelivery due, DeliveryTarget target) {
    if (due.mints() >= MAX_MINTS) {
      park(due, MAX_MINTS + " attempts did not deliver a secret.");
      return;
    }
    if (target.check(due.rotation()) instanceof TargetReply.Failed<Held>(var why)) {
      failed(due, why);
      return;
    }
    RotationRequest request =
        RotationRequest.again(
            statuses.find(due.rotation()).orElseThrow(), upstreams.of(due.subject()), due.mode());
    try {
      steps.run(
          () -> request,
          (_, again) -> opening.openAgain(due, again),
          new Progress(Deadline.in(properties.callWithin())));
    } catch (ProblemException e) {
      log.warn("Minting again for {} failed: {}", due.subject(), e.type().slug());
    }
  }

  private void failed(DueDelivery due, String why) {
    metrics.failed(due.subject().upstream());
    log.warn("The delivery of {} is not finished: {}", due.subject(), why);
    Duration pause = Pause.backoff(FIRST_PAUSE, due.tries(), LONGEST_PAUSE);
    ledger.failed(due.claim(), Initiator.rekey(due.subject()), why, pause);
  }

  private void park(DueDelivery due, String why) {
    if (ledger.park(due, why)) {
      metrics.parked(due.subject().upstream());
      log.error("The delivery of {} is parked: {}", due.subject(), why);
    }
  }
}
