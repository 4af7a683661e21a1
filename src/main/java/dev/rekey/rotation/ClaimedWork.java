package dev.rekey.rotation;

import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/** Work that one replica has claimed from the database. */
final class ClaimedWork {

  /** How long a claim lasts. After that any replica may claim the same work. */
  static final Duration CLAIMED_FOR = Duration.ofSeconds(90);

  /** How many rows one run of a job claims at most. */
  static final int BATCH = 16;

  private ClaimedWork() {}

  /**
   * Runs claimed work and logs what it throws. A replica retries it when the claim has expired.
   *
   * @param rotation names the rotation in the log; null for none
   */
  static void run(Logger log, String what, @Nullable UUID rotation, Runnable work) {
    try (var _ = rotation == null ? null : RotationLog.about(rotation)) {
      work.run();
    } catch (DataAccessException | TransactionException e) {
      log.warn("{} is postponed: {}", what, e.getClass().getSimpleName());
    } catch (RuntimeException e) {
      log.error("{} failed", what, e);
    }
  }
}
