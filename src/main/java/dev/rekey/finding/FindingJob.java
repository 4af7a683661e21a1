package dev.rekey.finding;

import dev.rekey.credential.PolicyInForce;
import java.time.Duration;
import java.util.function.IntSupplier;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Computes the findings, on one replica at a time. A replica whose policies are not in force
 * computes none, because its settings may be old.
 */
@Component
class FindingJob {

  private static final int BATCH = 200;

  /** How long one run may begin batches; a shutdown waits for its end. The next run goes on. */
  private static final Duration MAX_RUN = Duration.ofSeconds(20);

  private final FindingLedger ledger;
  private final PolicyInForce policies;

  FindingJob(FindingLedger ledger, PolicyInForce policies) {
    this.ledger = ledger;
    this.policies = policies;
  }

  @Scheduled(fixedDelayString = "${rekey.findings.interval:" + FindingProperties.INTERVAL + "}")
  void sweep() {
    if (policies.isOurs()) {
      compute();
    }
  }

  /** Resolves before it reopens: what does not hold any more is not opened again. */
  void compute() {
    long start = System.nanoTime();
    for (FindingKind kind : FindingKind.values()) {
      repeat(start, () -> ledger.resolve(kind, BATCH));
      ledger.refresh(kind);
    }
    repeat(start, () -> ledger.reopenDue(BATCH));
    for (FindingKind kind : FindingKind.values()) {
      repeat(start, () -> ledger.open(kind, BATCH));
    }
  }

  private static void repeat(long start, IntSupplier batch) {
    int changed;
    do {
      changed = batch.getAsInt();
    } while (changed == BATCH && System.nanoTime() - start < MAX_RUN.toNanos());
  }
}
