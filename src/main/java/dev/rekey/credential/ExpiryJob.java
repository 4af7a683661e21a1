package dev.rekey.credential;

import java.time.Duration;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Records due expiry notifications, and plans credentials anew after the policy has changed. Runs
 * on every replica whose policy is in force.
 */
@Component
class ExpiryJob {

  private static final int NOTIFY_BATCH = 100;
  private static final int PLAN_BATCH = 500;

  /** How long a run may plan; a shutdown waits for its end. */
  private static final Duration MAX_PLANNING = Duration.ofSeconds(5);

  private final ExpiryLedger ledger;
  private final PolicyInForce inForce;
  private volatile boolean started;

  ExpiryJob(ExpiryLedger ledger, PolicyInForce inForce) {
    this.ledger = ledger;
    this.inForce = inForce;
  }

  // Only the first run after a start replaces another policy. Otherwise replicas of two versions
  // would do so in turns during a roll-out.
  @Scheduled(fixedDelayString = "${rekey.expiry.check-every:" + ExpiryProperties.CHECK_EVERY + "}")
  void sweep() {
    boolean isInForce = inForce.affirm(!started);
    started = true;
    if (isInForce) {
      plan();
      notifyDue();
    }
  }

  private void plan() {
    long start = System.nanoTime();
    int planned;
    do {
      planned = ledger.plan(PLAN_BATCH);
    } while (planned > 0 && System.nanoTime() - start < MAX_PLANNING.toNanos());
  }

  private void notifyDue() {
    int checked;
    do {
      checked = ledger.notifyDue(NOTIFY_BATCH);
    } while (checked == NOTIFY_BATCH);
  }
}
