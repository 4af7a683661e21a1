package dev.rekey.notification;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Tidies up what is not to be delivered any more. */
@Component
class DeliveryCleanup {

  private static final Logger log = LoggerFactory.getLogger(DeliveryCleanup.class);

  private static final int BATCH = 5_000;

  /** How long a round goes on; a stop waits for its end. */
  private static final Duration ROUND = Duration.ofSeconds(5);

  private final DeliveryLedger ledger;
  private final Targets targets;

  DeliveryCleanup(DeliveryLedger ledger, Targets targets) {
    this.ledger = ledger;
    this.targets = targets;
  }

  @Scheduled(fixedDelayString = "1h")
  void forget() {
    int abandoned = ledger.abandon(targets.all().stream().map(Target::name).toList(), BATCH);
    if (abandoned > 0) {
      log.warn("Gave up {} webhooks whose target is not configured any more", abandoned);
    }
    long begun = System.nanoTime();
    int forgotten;
    do {
      forgotten = ledger.forget(BATCH);
    } while (forgotten >= BATCH && System.nanoTime() - begun < ROUND.toNanos());
  }
}
