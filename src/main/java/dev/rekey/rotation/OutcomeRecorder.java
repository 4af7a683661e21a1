package dev.rekey.rotation;

import dev.rekey.audit.AuditLog;
import dev.rekey.platform.Deadline;
import dev.rekey.platform.Pause;
import dev.rekey.upstream.UpstreamCredential;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Records outcomes, also while the database is unavailable for some time. */
@Component
class OutcomeRecorder {

  private static final Logger log = LoggerFactory.getLogger(OutcomeRecorder.class);

  /** The caller waits for this long before its response no longer depends on the record. */
  private static final Duration RECORD_WITHIN = Duration.ofSeconds(4);

  private static final Duration PAUSE = Duration.ofMillis(250);

  private final ClosingLedger ledger;
  private final LateRecords lateRecords;
  private final AuditLog audit;
  private final Clock clock;

  OutcomeRecorder(ClosingLedger ledger, LateRecords lateRecords, AuditLog audit, Clock clock) {
    this.ledger = ledger;
    this.lateRecords = lateRecords;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * Tries for up to 4 s. Returns null if no try succeeded; one may have committed all the same, if
   * only the commit's response was lost.
   */
  @Nullable CloseResult tryRecord(OpenAttempt attempt, Outcome<UpstreamCredential> outcome) {
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
   * Writes the event to the log now, and to the database as soon as it is available.
   *
   * @param afterwards runs after the record is in the database
   */
  void recordLater(OpenAttempt attempt, Outcome<UpstreamCredential> outcome, Runnable afterwards) {
    Instant now = clock.instant();
    audit.sink(RotationEvents.closed(attempt, outcome, null, outcome.reason(), now));
    lateRecords.add(
        attempt.rotation(),
        () -> {
          ledger.close(attempt, outcome, now);
          afterwards.run();
        });
  }
}
