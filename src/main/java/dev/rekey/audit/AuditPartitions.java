package dev.rekey.audit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Keeps the months to come ready; an event that finds no partition could not be written. */
@Component
class AuditPartitions {

  private static final Logger log = LoggerFactory.getLogger(AuditPartitions.class);
  private static final int MONTHS_AHEAD = 3;

  private final JdbcClient jdbc;

  AuditPartitions(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** At the start, and every six hours. */
  @Scheduled(fixedDelayString = "PT6H")
  void ensure() {
    try {
      int made =
          jdbc.sql("select audit_ensure_partitions(0, :ahead)")
              .param("ahead", MONTHS_AHEAD)
              .query(Integer.class)
              .single();
      if (made > 0) {
        log.info("Made {} partitions for the history's months to come", made);
      }
    } catch (DataAccessException | TransactionException e) {
      log.error("The history's months to come could not be made ready; trying again in 6 h", e);
    }
  }
}
