package dev.rekey.rotation;

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
 * What could not be written down because the database was away, to be written down when it is back.
 * It is kept in memory only: the log has a copy of the event, and what is lost with this process
 * the reconciler finds as {@code UNKNOWN}.
 */
@Component
class LateRecords {

  private static final Logger log = LoggerFactory.getLogger(LateRecords.class);

  private final Queue<Late> waiting = new ConcurrentLinkedQueue<>();

  private record Late(UUID rotation, Runnable write) {}

  /**
   * Keeps a record for later.
   *
   * @param write writes it down, or throws; must hold no secret
   */
  void add(UUID rotation, Runnable write) {
    waiting.add(new Late(rotation, write));
  }

  /** Writes down what can be, in the order in which it came. */
  @Scheduled(fixedDelayString = "1s")
  void write() {
    for (Late late = waiting.peek(); late != null; late = waiting.peek()) {
      try (var _ = RotationLog.about(late.rotation())) {
        late.write().run();
        log.info("The outcome of rotation {} is recorded now", late.rotation());
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

  /** Goes on writing until nothing waits or the time is over. */
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
