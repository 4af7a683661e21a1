package dev.rekey.rotation;

import dev.rekey.platform.Pause;
import java.time.Duration;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.dao.UncategorizedDataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Records that wait until the database is available again. They are kept in memory only. The log
 * has a copy of each event; if this process is lost, the reconciler finds the rotation as {@code
 * UNKNOWN}.
 */
@Component
class LateRecords {

  private static final Logger log = LoggerFactory.getLogger(LateRecords.class);

  private final Queue<Late> waiting = new ConcurrentLinkedQueue<>();

  private record Late(UUID rotation, Runnable write) {}

  /**
   * Keeps a record for later.
   *
   * @param write writes the record, or throws; must not hold a secret
   */
  void add(UUID rotation, Runnable write) {
    waiting.add(new Late(rotation, write));
  }

  /** Writes the records in their order, until one fails because the database is unavailable. */
  @Scheduled(fixedDelayString = "1s")
  void write() {
    for (Late late = waiting.peek(); late != null; late = waiting.peek()) {
      try (var _ = RotationLog.about(late.rotation())) {
        late.write().run();
        log.info("The outcome of rotation {} is now recorded", late.rotation());
      } catch (NonTransientDataAccessResourceException
          | TransientDataAccessException
          | RecoverableDataAccessException
          | UncategorizedDataAccessException
          | TransactionException e) {
        return;
      } catch (RuntimeException e) {
        log.error("The outcome of rotation {} cannot be recorded", late.rotation(), e);
      }
      waiting.remove(late);
    }
  }

  /** Writes until no record waits or the time is over, and logs the records that are lost. */
  void writeWithin(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    write();
    while (!waiting.isEmpty() && System.nanoTime() < end) {
      Pause.sleep(Duration.ofMillis(200));
      write();
    }
    waiting.forEach(
        late -> log.error("The outcome of rotation {} is in the log only", late.rotation()));
  }
}
