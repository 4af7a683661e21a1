package dev.rekey.audit.export;

import dev.rekey.audit.AuditEvent;
import dev.rekey.audit.AuditEventRows;
import dev.rekey.audit.AuditEvents;
import dev.rekey.audit.EventPosition;
import dev.rekey.audit.WordSearch;
import dev.rekey.audit.WordSearch.SequenceRange;
import dev.rekey.audit.Words;
import dev.rekey.platform.query.BoundedQueries;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Reads what is exported, page by page. Between two pages nothing in the database is held, so that
 * it does not matter how long a client takes for one.
 */
@Component
public class ExportPages {

  private static final int PAGE = 2_000;
  private static final Duration WEEKS = Duration.ofDays(31);
  private static final HexFormat HEX = HexFormat.of();

  private final JdbcClient jdbc;
  private final BoundedQueries queries;
  private final AuditEventRows events;
  private final WordSearch wordSearch;

  public ExportPages(
      JdbcClient jdbc, BoundedQueries queries, AuditEventRows events, WordSearch wordSearch) {
    this.jdbc = jdbc;
    this.queries = queries;
    this.events = events;
    this.wordSearch = wordSearch;
  }

  /**
   * The page behind a row; empty if there is none.
   *
   * @param throughSeq the last event of the chain when the export began
   * @param last where the page before ended; null for the first page
   */
  List<ExportRow> next(ExportOrder order, long throughSeq, @Nullable ExportRow last) {
    if (order.isChain()) {
      return queries.read(
          AuditEvents.ADVICE,
          () -> ofChain(last == null ? order.afterSeq() : last.seq(), throughSeq));
    }
    Words words = order.wanted().words();
    return words == null
        ? matching(order, throughSeq, last)
        : withWords(order, words, throughSeq, last);
  }

  /** The months that there are, by the names of their tables. */
  Set<String> months() {
    return Set.copyOf(
        jdbc.sql(
                "select inhrelid::regclass::text as month from pg_inherits"
                    + " where inhparent = 'audit_event'::regclass")
            .query((row, _) -> row.getString("month"))
            .list());
  }

  private List<ExportRow> ofChain(long after, long throughSeq) {
    return jdbc.sql(
            """
            select e.*, s.seq, s.row_hash, s.chain_hash
            from audit_seal s
            left join audit_event e on e.occurred_at = s.occurred_at and e.id = s.event_id
            where s.seq > :after and s.seq <= :through
            order by s.seq
            """)
        .param("after", after)
        .param("through", Math.min(throughSeq, after + PAGE))
        .query((row, _) -> link(row))
        .list();
  }

  private ExportRow link(ResultSet row) throws SQLException {
    String chainHash = HEX.formatHex(row.getBytes("chain_hash"));
    return row.getString("type") == null
        ? new ExportRow.Dropped(
            row.getLong("seq"), HEX.formatHex(row.getBytes("row_hash")), chainHash)
        : new ExportRow.Kept(events.event(row), chainHash);
  }

  private List<ExportRow> withWords(
      ExportOrder order, Words words, long throughSeq, @Nullable ExportRow last) {
    var sealed = new SequenceRange(order.afterSeq() + 1, throughSeq);
    EventPosition after =
        last instanceof ExportRow.Kept(var event, var _) ? EventPosition.of(event) : null;
    List<AuditEvent> found =
        queries.read(
            AuditEvents.ADVICE,
            () ->
                wordSearch.findSealed(
                    order.wanted(), words, order.visibility(), sealed, after, PAGE));
    return found.stream().<ExportRow>map(event -> new ExportRow.Kept(event, null)).toList();
  }

  // Some weeks at a time, so that something rare does not have to be found among all events within
  // the time that one query may take.
  private List<ExportRow> matching(ExportOrder order, long throughSeq, @Nullable ExportRow last) {
    Span all = queries.read(AuditEvents.ADVICE, this::span);
    Instant from =
        last instanceof ExportRow.Kept(var event, var _) ? event.occurredAt() : all.from();
    while (!from.isAfter(all.to())) {
      var weeks = new Span(from, from.plus(WEEKS));
      List<ExportRow> page =
          queries.read(AuditEvents.ADVICE, () -> matching(order, throughSeq, last, weeks));
      if (!page.isEmpty()) {
        return page;
      }
      from = weeks.to();
    }
    return List.of();
  }

  /** From one time on, and before another. */
  private record Span(Instant from, Instant to) {}

  /** The first event's time, and the last one's. */
  private Span span() {
    return jdbc.sql(
            "select coalesce(min(occurred_at), now()) as first,"
                + " coalesce(max(occurred_at), now()) as last from audit_event")
        .query(
            (row, _) ->
                new Span(
                    row.getObject("first", OffsetDateTime.class).toInstant(),
                    row.getObject("last", OffsetDateTime.class).toInstant()))
        .single();
  }

  private List<ExportRow> matching(
      ExportOrder order, long throughSeq, @Nullable ExportRow last, Span span) {
    var where =
        order
            .wanted()
            .conditions(order.visibility())
            .and("s.seq > :afterSeq", "afterSeq", order.afterSeq())
            .and("s.seq <= :throughSeq", "throughSeq", throughSeq)
            .and("e.occurred_at >= :spanFrom", "spanFrom", span.from())
            .and("e.occurred_at < :spanTo", "spanTo", span.to());
    if (last instanceof ExportRow.Kept(var event, var _)) {
      where
          .and("(e.occurred_at, e.id) > (:lastTime, :lastId)", "lastTime", event.occurredAt())
          .param("lastId", event.id());
    }
    return jdbc.sql(
            "select e.*, s.seq from audit_event e join audit_seal s"
                + " on s.event_id = e.id and s.occurred_at = e.occurred_at where "
                + where.sql()
                + " order by e.occurred_at, e.id limit :limit")
        .params(where.param("limit", PAGE).params())
        .<ExportRow>query((row, _) -> new ExportRow.Kept(events.event(row), null))
        .list();
  }

  /** The chain at a place, in hexadecimal. */
  String chainHash(long seq) {
    return seq == 0
        ? "0".repeat(64)
        : jdbc.sql("select chain_hash from audit_seal where seq = :seq")
            .param("seq", seq)
            .query((row, _) -> HEX.formatHex(row.getBytes(1)))
            .single();
  }
}
