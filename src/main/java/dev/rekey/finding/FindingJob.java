package dev.rekey.finding;

import dev.rekey.credential.PolicyInForce;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Computes the findings, on one replica at a time. A replica whose policies are not in force
 * computes none, because its settings may be old.
 */
@Component
class FindingJob {

  private static final int BATCH = 1_000;

  /** After this time a run begins nothing more, because a shutdown waits for it. */
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

  /**
   * Resolves before it reopens: what does not hold any more is not opened again. A step that fails
   * does not keep the others from running; the first failure is thrown at the end.
   */
  void compute() {
    var steps = new ArrayList<IntSupplier>();
    for (FindingKind kind : FindingKind.values()) {
      steps.add(() -> ledger.resolve(kind, BATCH));
      steps.add(() -> ledger.refresh(kind, BATCH));
    }
    steps.add(() -> ledger.reopenDue(BATCH));
    for (FindingKind kind : FindingKind.values()) {
      steps.add(() -> ledger.open(kind, BATCH));
    }
    run(steps);
  }

  private static void run(List<IntSupplier> steps) {
    long start = System.nanoTime();
    RuntimeException failure = null;
    for (IntSupplier step : steps) {
      try {
        repeat(start, step);
      } catch (RuntimeException e) {
        failure = failure == null ? e : failure;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private static void repeat(long start, IntSupplier batch) {
    int changed = BATCH;
    while (changed == BATCH && System.nanoTime() - start < MAX_RUN.toNanos()) {
      changed = batch.getAsInt();
    }
  }
}
