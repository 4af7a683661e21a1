package dev.rekey.audit;

import dev.rekey.audit.AuditEvent.Change;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Period;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Drops months of the history and appends an event for each in the same transaction. */
@Component
class RetentionLedger {

  private static final Duration COUNTING = Duration.ofMinutes(10);

  private final JdbcTemplate jdbc;
  private final AuditLog audit;

  RetentionLedger(JdbcTemplate jdbc, AuditLog audit) {
    this.jdbc = jdbc;
    this.audit = audit;
  }

  /** A dropped month and the events that it had. */
  record Dropped(String partition, long events, @Nullable Long firstSeq, @Nullable Long lastSeq) {}

  /**
   * Drops the oldest month if it is older than that. The database refuses to drop a month that is
   * younger than the minimum of its owner, or that has an unsealed event.
   */
  @Transactional
  Optional<Dropped> dropOldest(Period olderThan) {
    Dropped month = jdbc.execute((Connection connection) -> drop(connection, olderThan));
    if (month != null) {
      audit.append(event(month, olderThan));
    }
    return Optional.ofNullable(month);
  }

  private static @Nullable Dropped drop(Connection connection, Period olderThan)
      throws SQLException {
    // Counting a month exceeds the pool's timeout, which the pool restores afterwards.
    connection.setNetworkTimeout(Runnable::run, (int) COUNTING.toMillis());
    try (var statement =
        connection.prepareStatement("select * from audit_drop_partition(?::interval)")) {
      statement.setString(1, olderThan.toString());
      try (var row = statement.executeQuery()) {
        return row.next()
            ? new Dropped(
                row.getString("dropped"),
                row.getLong("events"),
                row.getObject("first_seq", Long.class),
                row.getObject("last_seq", Long.class))
            : null;
      }
    }
  }

  private static AuditEntry event(Dropped month, Period olderThan) {
    return AuditEntry.ofRekey(AuditType.PARTITION_DROPPED)
        .result(AuditOutcome.SUCCEEDED, "older than " + olderThan)
        .changes(
            List.of(
                new Change("partition", month.partition(), null),
                new Change("events", Long.toString(month.events()), null),
                new Change("firstSeq", text(month.firstSeq()), null),
                new Change("lastSeq", text(month.lastSeq()), null)));
  }

  private static @Nullable String text(@Nullable Long seq) {
    return seq == null ? null : seq.toString();
  }
}
