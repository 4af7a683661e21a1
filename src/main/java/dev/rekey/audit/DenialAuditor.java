package dev.rekey.audit;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
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
 * Records denials: the first of an actor and route at once, and the number of its repetitions after
 * a minute, or at shutdown. If the database is down, denials wait in memory; those that wait too
 * long are logged.
 */
@Component
class DenialAuditor implements Access.DenialListener, DisposableBean {

  static final Duration GIVE_UP_AFTER = Duration.ofMinutes(10);

  private static final Duration LATE_AFTER = Duration.ofSeconds(5);
  private static final int MAX_PENDING = 5_000;

  private static final Logger log = LoggerFactory.getLogger(DenialAuditor.class);

  private final Queue<PendingDenial> pending = new LinkedBlockingQueue<>(MAX_PENDING);
  private final RepeatedDenials repeated;
  private final AuditLog audit;
  private final TransactionTemplate transaction;
  private final Clock clock;

  private record PendingDenial(AuditEntry entry, Instant since) {}

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
        enqueue(denial.backfilled(clock.instant()));
      }
    }
  }

  /** Records the repetitions of minutes that are over, and denials that are pending. */
  @Scheduled(fixedDelayString = "1s")
  void closeMinutes() {
    repeated.closed().forEach(this::enqueue);
    flush();
  }

  /** Runs after the last request and before the connection pool closes. */
  @Override
  public void destroy() {
    repeated.closeAll().forEach(this::enqueue);
    flush();
    pending.forEach(left -> audit.sink(left.entry()));
    pending.clear();
  }

  private void enqueue(AuditEntry entry) {
    if (!pending.offer(new PendingDenial(entry, clock.instant()))) {
      audit.sink(entry);
    }
  }

  private synchronized void flush() {
    for (PendingDenial next = pending.peek(); next != null; next = pending.peek()) {
      if (!append(
          isOlderThan(LATE_AFTER, next) ? next.entry().backfilled(next.since()) : next.entry())) {
        pending.removeIf(this::giveUp);
        return;
      }
      pending.remove();
    }
  }

  /** Logs a denial that has waited too long; false for others. */
  private boolean giveUp(PendingDenial denial) {
    if (!isOlderThan(GIVE_UP_AFTER, denial)) {
      return false;
    }
    audit.sink(denial.entry());
    return true;
  }

  private boolean isOlderThan(Duration age, PendingDenial denial) {
    return denial.since().isBefore(clock.instant().minus(age));
  }

  /** False if it can be repeated later. An entry that the database refuses is logged. */
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
