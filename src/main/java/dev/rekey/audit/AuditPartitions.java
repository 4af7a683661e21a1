package dev.rekey.audit;

import dev.rekey.platform.StartCheck;
import dev.rekey.platform.settings.PropertyException;
import java.time.Period;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Creates the partitions of the next months, since an event needs one, and drops those that are
 * older than the retention time.
 */
@Component
class AuditPartitions implements StartCheck {

  /**
   * Months that are older than {@code keep}, such as {@code 2y}, are dropped. It is at least the
   * minimum that the schema's owner set; null, the default, keeps everything.
   */
  @ConfigurationProperties("rekey.audit.retention")
  record RetentionProperties(@Nullable Period keep) {}

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

  /** Refuses to start if the retention time is shorter than the schema's owner allows. */
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
    int created =
        jdbc.sql("select audit_ensure_partitions(0, :ahead)")
            .param("ahead", MONTHS_AHEAD)
            .query(Integer.class)
            .single();
    if (created > 0) {
      log.info("Created {} partitions for the next months of the history", created);
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
      log.error("Old partitions could not be dropped: {}", e.getMostSpecificCause().getMessage());
    }
  }
}
