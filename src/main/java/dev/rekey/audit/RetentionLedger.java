package dev.rekey.audit;

import dev.rekey.audit.AuditEvent.Change;
import java.time.Period;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Drops months of the history, with an event for each. */
@Component
class RetentionLedger {

  private final JdbcClient jdbc;
  private final AuditLog audit;

  RetentionLedger(JdbcClient jdbc, AuditLog audit) {
    this.jdbc = jdbc;
    this.audit = audit;
  }

  /** A month that went, and what it held. */
  record Dropped(String partition, long events, @Nullable Long firstSeq, @Nullable Long lastSeq) {}

  /**
   * Drops the months that ended longer ago than that; the database refuses what is younger than the
   * minimum that its owner has set, and months with an event that is not sealed.
   */
  @Transactional
  List<Dropped> drop(Period olderThan) {
    List<Dropped> gone =
        jdbc.sql(
                "select dropped as partition, events, first_seq, last_seq"
                    + " from audit_drop_partitions(:olderThan::interval)")
            .param("olderThan", olderThan.toString())
            .query(
                (row, _) ->
                    new Dropped(
                        row.getString("partition"),
                        row.getLong("events"),
                        row.getObject("first_seq", Long.class),
                        row.getObject("last_seq", Long.class)))
            .list();
    gone.forEach(
        month ->
            audit.append(
                AuditEntry.ofRekey(AuditType.PARTITION_DROPPED)
                    .ended(AuditOutcome.SUCCEEDED, "older than " + olderThan)
                    .changes(
                        List.of(
                            new Change("partition", month.partition(), null),
                            new Change("events", Long.toString(month.events()), null),
                            new Change("firstSeq", text(month.firstSeq()), null),
                            new Change("lastSeq", text(month.lastSeq()), null)))));
    return gone;
  }

  private static @Nullable String text(@Nullable Long seq) {
    return seq == null ? null : seq.toString();
  }
}
