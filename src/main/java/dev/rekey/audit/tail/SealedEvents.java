package dev.rekey.audit.tail;

import dev.rekey.audit.AuditEvent;
import dev.rekey.audit.AuditEvents;
import dev.rekey.audit.tail.Follower.Following;
import dev.rekey.platform.query.BoundedQueries;
import dev.rekey.platform.query.Conditions;
import dev.rekey.platform.query.SqlTime;
import java.time.Duration;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads the sealed history in the order of the chain. */
@Component
class SealedEvents {

  /** The number of sequence numbers that one query reads. */
  static final int WINDOW = 5_000;

  /** After this time, a read that has found nothing returns its position. */
  private static final Duration MAX_TIME = Duration.ofSeconds(2);

  // With the time in the join, the planner reads one partition only.
  private static final String EVENTS_AND_SEALS =
      "select e.*, s.seq, s.row_hash from audit_seal s join audit_event e"
          + " on e.occurred_at = s.occurred_at and e.id = s.event_id"
          + " where s.seq > :after and s.seq <= :through";

  private final JdbcClient jdbc;
  private final BoundedQueries queries;
  private final AuditEvents events;

  SealedEvents(JdbcClient jdbc, BoundedQueries queries, AuditEvents events) {
    this.jdbc = jdbc;
    this.queries = queries;
    this.events = events;
  }

  /** Reads a follower's next page: until there is an event, the chain ends or time is over. */
  TailPage<AuditEvent> read(Following following, long after) {
    long started = System.nanoTime();
    TailPage<AuditEvent> page = window(following, after, NotRetained.NONE);
    while (page.items().isEmpty()
        && page.nextAfterSeq() < page.headSeq()
        && System.nanoTime() - started < MAX_TIME.toNanos()) {
      page = window(following, page.nextAfterSeq(), page.notRetained());
    }
    return page;
  }

  /** Adds the events that are not retained to those of the windows before. */
  private TailPage<AuditEvent> window(Following following, long after, NotRetained before) {
    return queries.read(AuditEvents.ADVICE, () -> read(following, after, before));
  }

  private TailPage<AuditEvent> read(Following following, long after, NotRetained before) {
    long head = events.head();
    // A position above the head exists after the database was restored to an earlier state.
    if (after >= head) {
      return new TailPage<>(List.of(), after, head, before);
    }
    long through = Math.min(head, after + (following.wantsAll() ? following.limit() : WINDOW));
    Conditions where = following.filter().conditions(following.visibility());
    List<AuditEvent> items =
        jdbc.sql(EVENTS_AND_SEALS + " and " + where.sql() + " order by s.seq limit :limit")
            .params(where.param("after", after).param("through", through).params())
            .param("limit", following.limit())
            .query(AuditEvents::event)
            .list();
    long next = items.size() < following.limit() ? through : items.getLast().sealedSeq();
    return new TailPage<>(items, next, head, before.and(notRetained(after, next)));
  }

  /** The events of a part of the chain that retention has dropped. */
  private NotRetained notRetained(long after, long through) {
    return jdbc.sql(
            """
            select count(*), min(occurred_at), max(occurred_at) from audit_seal
            where seq > :after and seq <= :through
              and occurred_at < (select coalesce(min(occurred_at), 'infinity') from audit_event)
            """)
        .param("after", after)
        .param("through", through)
        .query(
            (row, _) ->
                new NotRetained(
                    row.getLong(1),
                    SqlTime.nullableInstant(row, 2),
                    SqlTime.nullableInstant(row, 3)))
        .single();
  }

  /** The next sealed events after a sequence number, without a filter. */
  List<AuditEvent> sealedAfter(long after) {
    return jdbc.sql(EVENTS_AND_SEALS + " order by s.seq")
        .param("after", after)
        .param("through", after + WINDOW)
        .query(AuditEvents::event)
        .list();
  }
}
