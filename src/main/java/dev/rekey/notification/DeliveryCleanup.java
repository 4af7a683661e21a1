package dev.rekey.notification;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Deletes old deliveries, and gives up those of removed targets. */
@Component
class DeliveryCleanup {

  private static final Logger log = LoggerFactory.getLogger(DeliveryCleanup.class);

  private static final int BATCH = 5_000;

  /** How long one run may take, because a shutdown waits for it. */
  private static final Duration MAX_RUN = Duration.ofSeconds(5);

  private final DeliveryLedger ledger;
  private final Targets targets;

  DeliveryCleanup(DeliveryLedger ledger, Targets targets) {
    this.ledger = ledger;
    this.targets = targets;
  }

  @Scheduled(fixedDelayString = "1h")
  void cleanUp() {
    int givenUp = ledger.giveUpRemovedTargets(targets.names(), BATCH);
    if (givenUp > 0) {
      log.warn("Gave up {} webhooks because their target is no longer configured", givenUp);
    }
    long startedAt = System.nanoTime();
    int deleted;
    do {
      deleted = ledger.deleteSettled(BATCH);
    } while (deleted >= BATCH && System.nanoTime() - startedAt < MAX_RUN.toNanos());
  }
}
