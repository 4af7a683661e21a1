package dev.rekey.credential;

import java.time.Duration;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Looks, on every replica whose policy is in force, for credentials whose end is to be told, and
 * for those whose end was worked out from another policy.
 */
@Component
class ExpiryJob {

  private static final int TELL_AT_ONCE = 100;
  private static final int PLAN_AT_ONCE = 500;

  /** How long a round goes on planning; a stop waits for its end. */
  private static final Duration ROUND = Duration.ofSeconds(5);

  private final ExpiryLedger ledger;
  private volatile boolean begun;

  ExpiryJob(ExpiryLedger ledger) {
    this.ledger = ledger;
  }

  /** Plans what it comes to within a few seconds, and tells all that is due. */
  @Scheduled(fixedDelayString = "${rekey.expiry.check-every:" + ExpiryProperties.CHECK_EVERY + "}")
  void sweep() {
    if (isInForce()) {
      plan();
      tell();
    }
  }

  // Only who has just started takes another's place: replicas of two policies would else do so in
  // turns for as long as a roll-out lasts.
  private boolean isInForce() {
    boolean isInForce = ledger.enforce(!begun);
    begun = true;
    return isInForce;
  }

  private void plan() {
    long start = System.nanoTime();
    int planned;
    do {
      planned = ledger.plan(PLAN_AT_ONCE);
    } while (planned > 0 && System.nanoTime() - start < ROUND.toNanos());
  }

  private void tell() {
    int told;
    do {
      told = ledger.tell(TELL_AT_ONCE);
    } while (told == TELL_AT_ONCE);
  }
}
