package dev.rekey.audit;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Reads what is exported, page by page. Between two pages nothing in the database is held, so that
 * it does not matter how long a client takes for one.
 */
@Component
class ExportPages {

  private static final int PAGE = 2_000;
  private static final HexFormat HEX = HexFormat.of();

  private final JdbcClient jdbc;
  private final BoundedQueries queries;
  private final AuditEvents events;

  ExportPages(JdbcClient jdbc, BoundedQueries queries, AuditEvents events) {
    this.jdbc = jdbc;
    this.queries = queries;
    this.events = events;
  }

  /**
   * The page behind a row; empty if there is none.
   *
   * @param throughSeq the last event of the chain when the export began
   * @param last where the page before ended; null for the first page
   */
  List<ExportRow> next(ExportOrder order, long throughSeq, @Nullable ExportRow last) {
    return queries.read(
        () ->
            order.isChain()
                ? ofChain(last == null ? order.afterSeq() : last.seq(), throughSeq)
                : matching(order, throughSeq, last));
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

  private List<ExportRow> matching(ExportOrder order, long throughSeq, @Nullable ExportRow last) {
    var where =
        Conditions.of(order.filter(), order.visibility())
            .and("s.seq > :afterSeq", "afterSeq", order.afterSeq())
            .and("s.seq <= :throughSeq", "throughSeq", throughSeq);
    if (last instanceof ExportRow.Kept(var event, var _)) {
      where
          .and("(e.occurred_at, e.id) > (:lastTime, :lastId)", "lastTime", event.occurredAt())
          .param("lastId", event.id());
    }
    return jdbc.sql(
            "select e.*, s.seq from audit_event e join audit_seal s on s.event_id = e.id where "
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
