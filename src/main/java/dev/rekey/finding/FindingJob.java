package dev.rekey.finding;

import dev.rekey.credential.PolicyInForce;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Computes the findings once in an interval, on one replica. A replica whose policies are not in
 * force computes none, because its settings may be old.
 */
@Component
class FindingJob {

  private static final int BATCH = 1_000;

  /** After this time a run begins nothing more, because a shutdown waits for it. */
  private static final Duration MAX_RUN = Duration.ofSeconds(20);

  private final FindingLedger ledger;
  private final PolicyInForce policies;
  private final FindingProperties properties;

  FindingJob(FindingLedger ledger, PolicyInForce policies, FindingProperties properties) {
    this.ledger = ledger;
    this.policies = policies;
    this.properties = properties;
  }

  @Scheduled(fixedDelayString = "${rekey.findings.interval:" + FindingProperties.INTERVAL + "}")
  void sweep() {
    // A little less than the interval, because no job starts on time.
    if (policies.isOurs() && ledger.begin(properties.interval().multipliedBy(9).dividedBy(10))) {
      compute();
    }
  }

  /**
   * Resolves before it reopens: what does not hold any more is not opened again. A step that fails
   * does not keep the others from running; the first failure is thrown at the end.
   */
  void compute() {
    var steps = new ArrayList<BooleanSupplier>();
    for (FindingKind kind : FindingKind.values()) {
      steps.add(() -> ledger.compute(kind, BATCH));
    }
    steps.add(() -> ledger.reopenDue(BATCH));
    run(steps);
  }

  private static void run(List<BooleanSupplier> steps) {
    long start = System.nanoTime();
    RuntimeException failure = null;
    for (BooleanSupplier step : steps) {
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

  private static void repeat(long start, BooleanSupplier batch) {
    boolean isMore = true;
    while (isMore && System.nanoTime() - start < MAX_RUN.toNanos()) {
      isMore = batch.getAsBoolean();
    }
  }
}
