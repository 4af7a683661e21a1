package dev.rekey.audit.aggregate;

import dev.rekey.access.Visibility;
import dev.rekey.audit.AuditFilter;
import dev.rekey.audit.AuditQuery;
import dev.rekey.audit.aggregate.CountTable.Cell;
import dev.rekey.audit.aggregate.CountTable.Group;
import dev.rekey.audit.aggregate.CountTable.Measure;
import dev.rekey.platform.query.BoundedQueries;
import dev.rekey.platform.query.SqlPart;
import dev.rekey.platform.query.TimeRange;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Counts events and rotations over time. */
@Component
class Aggregates {

  private static final String ADVICE =
      "Ask for less at once: a shorter time between from and to, or a filter such as subject."
          + " Events are read one by one with groupBy=actor and where a bucket is no whole hour.";

  // The percentile is the duration of one of the rotations, not one between two of them.
  private static final String DURATIONS =
      ", round(avg(c.seconds), 3) as mean, round(percentile_disc(0.95) within group"
          + " (order by c.seconds), 3) as p95";

  private final JdbcClient jdbc;
  private final BoundedQueries queries;
  private final CountedRotations rotations;

  Aggregates(JdbcClient jdbc, BoundedQueries queries, CountedRotations rotations) {
    this.jdbc = jdbc;
    this.queries = queries;
    this.rotations = rotations;
  }

  /**
   * Counts events; throws an {@code invalid-parameter} problem if there are too many counts.
   *
   * @param filter with criteria of {@link AuditQuery} only
   */
  Counts events(Question question, AuditFilter filter, Visibility visibility) {
    return count(
        question,
        new CountedEvents(question.buckets(), question.groupBy(), filter, visibility).query());
  }

  /** Counts rotations; throws an {@code invalid-parameter} problem like {@link #events}. */
  Counts rotations(Question question, AuditQuery query, Visibility visibility) {
    Buckets buckets = question.buckets();
    SqlPart each = rotations.query(query, new TimeRange(buckets.from(), buckets.to()), visibility);
    String sql =
        """
        select width_bucket(r.occurred_at, (select :starts::timestamptz[])) as bucket,
          array[%s]::text[] as key, 1 as events, r.seconds from (%s) r
        """
            .formatted(Dimension.columns("r.", question.groupBy()), each.sql());
    return count(question, new SqlPart(sql, each.params()));
  }

  private Counts count(Question question, SqlPart counted) {
    List<Cell> cells =
        queries.read(
            ADVICE,
            () ->
                jdbc.sql(sql(question, counted.sql()))
                    .params(counted.params())
                    .param(
                        "starts",
                        question.buckets().starts().stream()
                            .map(Instant::toString)
                            .toArray(String[]::new))
                    .query((row, _) -> cell(row, question))
                    .list());
    return new CountTable(question, cells).counts();
  }

  private static String sql(Question question, String counted) {
    String measures = "sum(c.events) as events" + (question.hasDurations() ? DURATIONS : "");
    String limit = " limit " + (CountTable.MAX_COUNTS + 1);
    return "with counted as (%s) ".formatted(counted)
        + (question.top() == null
            ? "select c.bucket, c.key, %s from counted c group by 1, 2".formatted(measures)
            : ofLargest(question.top(), measures))
        + limit;
  }

  // The key is null for the groups after the largest. Arrays with nulls are equal, unlike nulls.
  private static String ofLargest(int top, String measures) {
    return """
    , ranked as (
      select key, row_number() over (order by sum(events) desc, key collate "C") as place
      from counted group by key)
    select c.bucket, case when r.place <= %s then c.key end as key, %s
    from counted c join ranked r on r.key = c.key group by 1, 2
    """
        .formatted(top, measures);
  }

  private static Cell cell(ResultSet row, Question question) throws SQLException {
    Array key = row.getArray("key");
    return new Cell(
        key == null
            ? Group.rest(question.groupBy().size())
            : new Group(Arrays.<@Nullable String>asList((String[]) key.getArray()), false),
        row.getInt("bucket") - 1,
        new Measure(
            row.getLong("events"),
            question.hasDurations() ? row.getBigDecimal("mean") : null,
            question.hasDurations() ? row.getBigDecimal("p95") : null));
  }
}
