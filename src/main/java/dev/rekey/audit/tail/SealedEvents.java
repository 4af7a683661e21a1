package dev.rekey.audit.tail;

import dev.rekey.audit.AuditEvent;
import dev.rekey.audit.AuditEventRows;
import dev.rekey.audit.AuditEvents;
import dev.rekey.platform.query.BoundedQueries;
import dev.rekey.platform.query.Conditions;
import java.time.Duration;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads the sealed history in the order of the chain. */
@Component
public class SealedEvents {

  /** How many places in the chain one query looks at. */
  static final int WINDOW = 5_000;

  /** How long a read may take that finds nothing, before it tells how far it came. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  // Both columns, so that the planner knows which partition to look into.
  private static final String EVENTS_AND_SEALS =
      "select e.*, s.seq from audit_seal s join audit_event e"
          + " on e.occurred_at = s.occurred_at and e.id = s.event_id"
          + " where s.seq > :after and s.seq <= :through";

  private final JdbcClient jdbc;
  private final BoundedQueries queries;
  private final AuditEvents events;
  private final AuditEventRows rows;

  public SealedEvents(
      JdbcClient jdbc, BoundedQueries queries, AuditEvents events, AuditEventRows rows) {
    this.jdbc = jdbc;
    this.queries = queries;
    this.events = events;
    this.rows = rows;
  }

  /**
   * What a follower gets next: looks on until something is found, the chain ends or it has looked
   * for long enough.
   */
  TailPage read(Following following, long after) {
    long begun = System.nanoTime();
    TailPage page;
    long place = after;
    do {
      long from = place;
      page = queries.read(AuditEvents.ADVICE, () -> window(following, from));
      place = page.nextAfterSeq();
    } while (page.items().isEmpty()
        && page.notRetained() == 0
        && place < page.headSeq()
        && System.nanoTime() - begun < PATIENCE.toNanos());
    return page;
  }

  private TailPage window(Following following, long after) {
    long head = events.head();
    // Ahead of the chain is who followed one that a backup has since replaced; it stays there.
    if (after >= head) {
      return new TailPage(List.of(), after, head, 0);
    }
    long through = Math.min(head, after + (following.wantsAll() ? following.limit() : WINDOW));
    Conditions where = following.conditions();
    List<AuditEvent> items =
        jdbc.sql(EVENTS_AND_SEALS + " and " + where.sql() + " order by s.seq limit :limit")
            .params(where.param("after", after).param("through", through).params())
            .param("limit", following.limit())
            .query(rows)
            .list();
    long next = items.size() < following.limit() ? through : AuditEvents.seq(items.getLast());
    return new TailPage(items, next, head, notRetained(after, next));
  }

  /** How many events of a part of the chain are older than all that are kept. */
  private long notRetained(long after, long through) {
    return jdbc.sql(
            """
            select count(*) from audit_seal where seq > :after and seq <= :through
              and occurred_at < (select coalesce(min(occurred_at), 'infinity') from audit_event)
            """)
        .param("after", after)
        .param("through", through)
        .query(Long.class)
        .single();
  }

  /** Some of what was sealed behind a place a moment ago, whoever may want it. */
  List<AuditEvent> sealedSince(long after) {
    return jdbc.sql(EVENTS_AND_SEALS + " order by s.seq")
        .param("after", after)
        .param("through", after + WINDOW)
        .query(rows)
        .list();
  }
}
