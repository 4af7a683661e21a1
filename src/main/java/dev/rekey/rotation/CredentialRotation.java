package dev.rekey.rotation;

import dev.rekey.platform.Deadline;
import dev.rekey.platform.problem.ProblemException;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.rotation.ClosingLedger.Delivered;
import dev.rekey.rotation.RotationSteps.Opening;
import dev.rekey.rotation.RotationSteps.Progress;
import io.micrometer.context.ContextSnapshotFactory;
import jakarta.annotation.PreDestroy;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;

/**
 * Mints new credentials. The steps run in their own thread: they are completed even if the caller
 * disconnects, and the caller gets a response in time even if a step hangs.
 */
@Component
public class CredentialRotation {

  /** A minting request is answered within 45 s; official clients time out after 60 s. */
  private static final Duration RESPOND_WITHIN = Duration.ofSeconds(44);

  private static final Duration BACKFILL_WITHIN = Duration.ofSeconds(10);

  private final ExecutorService threads;
  private final ContextSnapshotFactory contexts = ContextSnapshotFactory.builder().build();
  private final OpeningLedger ledger;
  private final RotationSteps steps;
  private final RepeatedMints repeated;
  private final OutcomeRecorder recorder;
  private final RotationProperties properties;
  private final Clock clock;

  CredentialRotation(
      @Qualifier(RotationConfiguration.THREADS) ExecutorService threads,
      OpeningLedger ledger,
      RotationSteps steps,
      RepeatedMints repeated,
      OutcomeRecorder recorder,
      RotationProperties properties,
      Clock clock) {
    this.threads = threads;
    this.ledger = ledger;
    this.steps = steps;
    this.repeated = repeated;
    this.recorder = recorder;
    this.properties = properties;
    this.clock = clock;
  }

  /** Mints one credential. Throws a problem for every outcome except success. */
  public NewCredential mint(RotationRequest request) {
    return mint(() -> request);
  }

  /**
   * Mints one credential. Throws a problem for every outcome except success.
   *
   * @param request checks that the credential may be minted, and may call the upstream for that. It
   *     shares the time limit of the call; this method throws what it throws.
   */
  NewCredential mint(Supplier<RotationRequest> request) {
    return run(request, this::openUnlessRepeated);
  }

  // A caller may be faster than the record that it received its secret. So a refusal is final only
  // after a moment.
  private OpenAttempt openUnlessRepeated(UUID id, RotationRequest request) {
    try {
      return ledger.openUnlessRepeated(id, request);
    } catch (ProblemException e) {
      if (e.type() != ProblemType.REPEATED_MINT || !repeated.awaitDelivery(request)) {
        throw e;
      }
      return ledger.openUnlessRepeated(id, request);
    }
  }

  /** Same as {@link #mint(Supplier)}, for a route that requires a key. */
  NewCredential mintWithKey(Supplier<RotationRequest> request) {
    return run(request, ledger::open);
  }

  /**
   * Same as {@link #mint(Supplier)}, for a policy. {@code guard} runs in the transaction that opens
   * the rotation; what it throws prevents that.
   */
  NewCredential mintGuarded(Supplier<RotationRequest> request, Runnable guard) {
    return run(request, (id, order) -> ledger.openGuarded(id, order, guard));
  }

  private NewCredential run(Supplier<RotationRequest> request, Opening opening) {
    var progress = new Progress(Deadline.in(properties.callWithin()));
    Future<NewCredential> made = submit(request, opening, progress);
    try {
      return made.get(RESPOND_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw progress.tooLate();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw progress.tooLate();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(e.getCause());
    }
  }

  private Future<NewCredential> submit(
      Supplier<RotationRequest> request, Opening opening, Progress progress) {
    try {
      return threads.submit(
          contexts.captureAll().wrap(() -> steps.run(request, opening, progress)));
    } catch (RejectedExecutionException e) {
      throw ProblemType.RECORD_UNAVAILABLE.with(
          "Rekey is shutting down. Nothing was sent to the upstream; repeat the request.");
    }
  }

  /** Records that the secret was sent, as far as is known. Returns at once, throws nothing. */
  public void delivered(UUID rotation) {
    var response = new Delivered(rotation, clock.instant());
    try {
      threads.execute(() -> recorder.delivered(response));
    } catch (RejectedExecutionException e) {
      recorder.delivered(response);
    }
  }

  /** Completes open rotations while the database is still available. */
  @PreDestroy
  void finish() {
    threads.close();
    recorder.writeLateWithin(BACKFILL_WITHIN);
  }
}
