package dev.rekey.audit;

import dev.rekey.platform.StartCheck;
import dev.rekey.platform.settings.PropertyException;
import java.time.Period;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Keeps the months to come ready, since an event that finds none could not be written, and drops
 * those that are older than what is kept.
 */
@Component
class AuditPartitions implements StartCheck {

  private static final Logger log = LoggerFactory.getLogger(AuditPartitions.class);
  private static final int MONTHS_AHEAD = 3;

  private final JdbcClient jdbc;
  private final RetentionLedger retention;
  private final @Nullable Period keep;

  AuditPartitions(JdbcClient jdbc, RetentionLedger retention, RetentionProperties properties) {
    this.jdbc = jdbc;
    this.retention = retention;
    this.keep = properties.keep();
  }

  /** Fails the start if less is to be kept than the owner of the schema allows. */
  @Override
  public void check() {
    if (keep != null && !isAllowed(keep)) {
      throw new PropertyException(
          "rekey.audit.retention.keep",
          "is shorter than minimum_age in the table audit_retention, which only the owner of the"
              + " schema may change (docs/configuration.md)");
    }
  }

  private boolean isAllowed(Period period) {
    return jdbc.sql("select now() - :keep::interval <= now() - minimum_age from audit_retention")
        .param("keep", period.toString())
        .query(Boolean.class)
        .single();
  }

  @Scheduled(fixedDelayString = "6h")
  void ensure() {
    int made =
        jdbc.sql("select audit_ensure_partitions(0, :ahead)")
            .param("ahead", MONTHS_AHEAD)
            .query(Integer.class)
            .single();
    if (made > 0) {
      log.info("Made {} partitions for the history's months to come", made);
    }
  }

  @Scheduled(fixedDelayString = "6h")
  void drop() {
    if (keep == null) {
      return;
    }
    try {
      for (var month = retention.dropOldest(keep);
          month.isPresent();
          month = retention.dropOldest(keep)) {
        log.info("Dropped {} of {} events", month.get().partition(), month.get().events());
      }
    } catch (DataAccessException e) {
      log.error("Old months could not be dropped: {}", e.getMostSpecificCause().getMessage());
    }
  }
}
