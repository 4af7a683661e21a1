package dev.rekey.audit.export;

import dev.rekey.audit.AuditEvent;
import dev.rekey.audit.AuditEvents;
import dev.rekey.platform.query.BoundedQueries;
import dev.rekey.platform.query.SqlTime;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Reads the pages of an export. Between two pages it holds nothing in the database, so a client may
 * read slowly.
 */
@Component
class ExportPages {

  private static final int PAGE = 2_000;
  private static final Duration SPAN = Duration.ofDays(31);
  private static final HexFormat HEX = HexFormat.of();

  private final JdbcClient jdbc;
  private final BoundedQueries queries;
  private final AuditEvents events;

  ExportPages(JdbcClient jdbc, BoundedQueries queries, AuditEvents events) {
    this.jdbc = jdbc;
    this.queries = queries;
    this.events = events;
  }

  /** Reads the page after a row, null for the first page; it is empty after the last one. */
  List<ExportRow> next(ExportRequest request, long throughSeq, @Nullable ExportRow last) {
    if (request.isChain()) {
      return queries.read(
          AuditEvents.ADVICE,
          () -> ofChain(last == null ? request.afterSeq() : last.seq(), throughSeq));
    }
    return request.wanted().words() == null
        ? matching(request, throughSeq, last)
        : withWords(request, throughSeq, last);
  }

  /** The names of the partitions. */
  Set<String> months() {
    return Set.copyOf(
        jdbc.sql(
                "select inhrelid::regclass::text from pg_inherits"
                    + " where inhparent = 'audit_event'::regclass")
            .query((row, _) -> row.getString(1))
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
        .query(ExportPages::chainRow)
        .list();
  }

  private static ExportRow chainRow(ResultSet row, int number) throws SQLException {
    String chainHash = HEX.formatHex(row.getBytes("chain_hash"));
    return row.getString("type") == null
        ? new ExportRow.Dropped(
            "dropped", row.getLong("seq"), HEX.formatHex(row.getBytes("row_hash")), chainHash)
        : new ExportRow.Event(AuditEvents.event(row, number), chainHash);
  }

  private List<ExportRow> withWords(
      ExportRequest request, long throughSeq, @Nullable ExportRow last) {
    AuditEvent after = last instanceof ExportRow.Event(var event, var _) ? event : null;
    return events
        .findSealed(
            request.wanted(), request.visibility(), request.afterSeq(), throughSeq, after, PAGE)
        .stream()
        .<ExportRow>map(found -> new ExportRow.Event(found, null))
        .toList();
  }

  // Each query covers a month, so that it can find a rare event within the time limit of a query.
  private List<ExportRow> matching(
      ExportRequest request, long throughSeq, @Nullable ExportRow last) {
    Span all = queries.read(AuditEvents.ADVICE, this::all);
    Instant from =
        last instanceof ExportRow.Event(var event, var _) ? event.occurredAt() : all.from();
    while (!from.isAfter(all.to())) {
      var month = new Span(from, from.plus(SPAN));
      List<ExportRow> page =
          queries.read(AuditEvents.ADVICE, () -> matching(request, throughSeq, last, month));
      if (!page.isEmpty()) {
        return page;
      }
      from = month.to();
    }
    return List.of();
  }

  /** A time; the start is inclusive, the end exclusive. */
  private record Span(Instant from, Instant to) {}

  /** The times of the first and the last event. */
  private Span all() {
    return jdbc.sql(
            "select coalesce(min(occurred_at), now()) as first,"
                + " coalesce(max(occurred_at), now()) as last from audit_event")
        .query((row, _) -> new Span(SqlTime.instant(row, "first"), SqlTime.instant(row, "last")))
        .single();
  }

  private List<ExportRow> matching(
      ExportRequest request, long throughSeq, @Nullable ExportRow last, Span span) {
    var where =
        request
            .wanted()
            .conditions(request.visibility())
            .and("s.seq > :afterSeq", "afterSeq", request.afterSeq())
            .and("s.seq <= :throughSeq", "throughSeq", throughSeq)
            .and("e.occurred_at >= :spanFrom", "spanFrom", span.from())
            .and("e.occurred_at < :spanTo", "spanTo", span.to());
    if (last instanceof ExportRow.Event(var event, var _)) {
      where
          .and("(e.occurred_at, e.id) > (:lastTime, :lastId)", "lastTime", event.occurredAt())
          .param("lastId", event.id());
    }
    return jdbc.sql(
            "select e.*, s.seq, s.row_hash from audit_event e join audit_seal s"
                + " on s.event_id = e.id and s.occurred_at = e.occurred_at where "
                + where.sql()
                + " order by e.occurred_at, e.id limit :limit")
        .params(where.param("limit", PAGE).params())
        .<ExportRow>query(
            (row, number) -> new ExportRow.Event(AuditEvents.event(row, number), null))
        .list();
  }

  /** The hash of the chain up to a sequence number, in hexadecimal. */
  String chainHash(long seq) {
    return seq == 0
        ? "0".repeat(64)
        : jdbc.sql("select encode(chain_hash, 'hex') from audit_seal where seq = :seq")
            .param("seq", seq)
            .query(String.class)
            .single();
  }
}
