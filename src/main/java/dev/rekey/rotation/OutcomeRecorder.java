package dev.rekey.rotation;

import dev.rekey.audit.AuditLog;
import dev.rekey.platform.DatabaseOutage;
import dev.rekey.platform.Deadline;
import dev.rekey.platform.Pause;
import dev.rekey.rotation.ClosingLedger.Delivered;
import dev.rekey.upstream.UpstreamCredential;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Records outcomes and deliveries. While the database is unavailable, they wait in memory, and the
 * log has a copy of each event. If this process is lost, the reconciler finds the rotation as
 * {@code UNKNOWN}.
 */
@Component
class OutcomeRecorder {

  private static final Logger log = LoggerFactory.getLogger(OutcomeRecorder.class);

  /** The caller waits for this long before its response no longer depends on the record. */
  private static final Duration RECORD_WITHIN = Duration.ofSeconds(4);

  private static final Duration PAUSE = Duration.ofMillis(250);

  private final ClosingLedger ledger;
  private final AuditLog audit;
  private final Clock clock;
  private final Queue<Late> waiting = new ConcurrentLinkedQueue<>();
  private final Queue<Delivered> delivered = new ConcurrentLinkedQueue<>();
  private final Lock writing = new ReentrantLock();

  private record Late(UUID rotation, String what, Runnable write) {}

  OutcomeRecorder(ClosingLedger ledger, AuditLog audit, Clock clock) {
    this.ledger = ledger;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * Tries for up to 4 s. Returns null if no try succeeded; one may have committed all the same, if
   * only the commit's response was lost.
   */
  Closing.@Nullable Result tryRecord(OpenAttempt attempt, Outcome<UpstreamCredential> outcome) {
    var deadline = Deadline.in(RECORD_WITHIN);
    while (true) {
      try {
        return ledger.close(attempt, outcome, null);
      } catch (DataAccessException | TransactionException e) {
        if (deadline.hasPassed() || !Pause.sleep(PAUSE)) {
          log.error(
              "The outcome {} of rotation {} of {} could not be recorded: {}",
              outcome.state(),
              attempt.rotation(),
              attempt.subject(),
              e.getClass().getSimpleName());
          return null;
        }
      }
    }
  }

  /**
   * Writes the event to the log now, and the record to the database as soon as it is available.
   *
   * @param afterwards runs after that
   */
  void recordLater(OpenAttempt attempt, Outcome<UpstreamCredential> outcome, Runnable afterwards) {
    Instant now = clock.instant();
    audit.sink(attempt.closed(outcome, null, outcome.reason(), now));
    waiting.add(
        new Late(
            attempt.rotation(),
            "outcome",
            () -> {
              ledger.close(attempt, outcome, now);
              afterwards.run();
            }));
  }

  /**
   * Records when a secret was sent, as soon as the database is available. While one thread writes,
   * others wait; the next one writes all that they have.
   */
  void delivered(Delivered response) {
    delivered.add(response);
    writing.lock();
    try {
      var all = new ArrayList<Delivered>();
      for (var next = delivered.poll(); next != null; next = delivered.poll()) {
        all.add(next);
      }
      if (!all.isEmpty()) {
        write(all);
      }
    } finally {
      writing.unlock();
    }
  }

  private void write(List<Delivered> responses) {
    try {
      ledger.delivered(responses);
    } catch (DataAccessException | TransactionException e) {
      for (Delivered each : responses) {
        log.info(
            "Rotation {} was delivered at {}, which is recorded later", each.rotation(), each.at());
        waiting.add(new Late(each.rotation(), "delivery", () -> ledger.delivered(List.of(each))));
      }
    }
  }

  /** Writes what waits, in its order, until the database is unavailable again. */
  @Scheduled(fixedDelayString = "1s")
  void writeLate() {
    for (Late late = waiting.peek(); late != null; late = waiting.peek()) {
      try (var _ = RotationLog.about(late.rotation())) {
        late.write().run();
        log.info("The {} of rotation {} is now recorded", late.what(), late.rotation());
      } catch (RuntimeException e) {
        if (DatabaseOutage.caused(e)) {
          return;
        }
        log.error("The {} of rotation {} cannot be recorded", late.what(), late.rotation(), e);
      }
      waiting.remove(late);
    }
  }

  /** Writes until nothing waits or the time is over, and logs the outcomes that are lost. */
  void writeLateWithin(Duration time) {
    var deadline = Deadline.in(time);
    writeLate();
    while (!waiting.isEmpty() && !deadline.hasPassed()) {
      Pause.sleep(PAUSE);
      writeLate();
    }
    waiting.forEach(
        late ->
            log.error("The {} of rotation {} is in the log only", late.what(), late.rotation()));
  }
}
