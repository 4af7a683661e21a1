package dev.rekey.platform;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Checks whether PostgreSQL accepts writes: a standby and a disk guard let a session only read.
 * Replaces Spring Boot's indicator, for which such a session is healthy.
 */
@Component("dbHealthIndicator")
final class WritableDatabase implements HealthIndicator {

  // PostgreSQL refuses it where it refuses writes, and the pool then replaces the session.
  private static final String WRITE_NOTHING = "update rotation set state = state where false";

  private static final Logger log = LoggerFactory.getLogger(WritableDatabase.class);

  private final JdbcClient jdbc;
  private volatile boolean isWritable = true;

  WritableDatabase(JdbcClient jdbc, MeterRegistry meters) {
    this.jdbc = jdbc;
    Gauge.builder("rekey.database.writable", this, it -> it.isWritable ? 1 : 0)
        .description("Whether the database accepts this replica's writes: 1, otherwise 0")
        .register(meters);
  }

  @Override
  public Health health() {
    check();
    return (isWritable ? Health.up() : Health.down()).build();
  }

  @Scheduled(fixedDelayString = "5s")
  void check() {
    try {
      jdbc.sql(WRITE_NOTHING).update();
      if (!isWritable) {
        log.info("The database accepts writes again");
      }
      isWritable = true;
    } catch (DataAccessException e) {
      if (isWritable) {
        log.error("The database accepts no writes: {}", DatabaseOutage.describe(e));
      }
      isWritable = false;
    }
  }
}
