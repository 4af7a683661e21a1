package dev.rekey.audit;

import dev.rekey.access.Caller;
import dev.rekey.access.DenialListener;
import dev.rekey.upstream.Subject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Puts denials into the history: the first of an actor, route and minute at once, and how often it
 * was repeated when the minute, or Rekey, ends. What cannot be written because the database is away
 * is written when it is back; if that takes too long, it is in the log.
 */
@Component
class DenialAuditor implements DenialListener, DisposableBean {

  static final Duration GIVE_UP_AFTER = Duration.ofMinutes(10);

  private static final Duration LATE_AFTER = Duration.ofSeconds(5);
  private static final int MAX_OWED = 5_000;

  private static final Logger log = LoggerFactory.getLogger(DenialAuditor.class);

  private final Queue<Owed> owed = new LinkedBlockingQueue<>(MAX_OWED);
  private final RepeatedDenials repeated;
  private final AuditLog audit;
  private final TransactionTemplate transaction;
  private final Clock clock;

  private record Owed(AuditEntry entry, Instant since) {}

  DenialAuditor(AuditLog audit, PlatformTransactionManager transactions, Clock clock) {
    this.repeated = new RepeatedDenials(clock);
    this.audit = audit;
    this.transaction = new TransactionTemplate(transactions);
    this.clock = clock;
  }

  @Override
  public void denied(Caller caller, @Nullable Subject subject, String reason) {
    if (repeated.isFirst(caller, subject)) {
      AuditEntry denial = AuditEntry.denial(caller, subject, reason);
      if (!append(denial)) {
        owe(denial.backfilled(clock.instant()));
      }
    }
  }

  /** Writes down which minutes have ended, and what is owed. */
  @Scheduled(fixedDelayString = "1s")
  void closeMinutes() {
    repeated.ended().forEach(this::owe);
    pay();
  }

  /** After the last request, and before the database is closed. */
  @Override
  public void destroy() {
    repeated.endAll().forEach(this::owe);
    pay();
    owed.forEach(left -> audit.sink(left.entry()));
    owed.clear();
  }

  private void owe(AuditEntry entry) {
    if (!owed.offer(new Owed(entry, clock.instant()))) {
      audit.sink(entry);
    }
  }

  private synchronized void pay() {
    for (Owed next = owed.peek(); next != null; next = owed.peek()) {
      if (!append(next.since().isBefore(ago(LATE_AFTER)) ? late(next) : next.entry())) {
        owed.removeIf(this::isGivenUp);
        return;
      }
      owed.remove();
    }
  }

  private boolean isGivenUp(Owed debt) {
    boolean old = debt.since().isBefore(ago(GIVE_UP_AFTER));
    if (old) {
      audit.sink(debt.entry());
    }
    return old;
  }

  private Instant ago(Duration time) {
    return clock.instant().minus(time);
  }

  private static AuditEntry late(Owed debt) {
    return debt.entry().backfilled(debt.since());
  }

  /** False if it may be written later. What the database will never take is in the log. */
  private boolean append(AuditEntry entry) {
    try {
      transaction.executeWithoutResult(_ -> audit.append(entry));
      return true;
    } catch (DataIntegrityViolationException e) {
      audit.sink(entry);
      return true;
    } catch (DataAccessException | TransactionException e) {
      log.warn("A denial could not be recorded yet: {}", e.getClass().getSimpleName());
      return false;
    }
  }
}
