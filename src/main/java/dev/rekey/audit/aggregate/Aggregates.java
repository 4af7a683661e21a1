package dev.rekey.audit.aggregate;

import static java.util.stream.Collectors.joining;

import dev.rekey.access.Visibility;
import dev.rekey.audit.AuditEvents;
import dev.rekey.audit.AuditFilter;
import dev.rekey.audit.aggregate.Buckets.Span;
import dev.rekey.audit.aggregate.Counts.Series;
import dev.rekey.platform.query.BoundedQueries;
import dev.rekey.platform.query.Conditions;
import dev.rekey.platform.query.QueryText;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Counts events over time: whole hours by the sealer's hourly counts, and the rest of the time by
 * events.
 */
@Component
class Aggregates {

  private static final Comparator<Series> BY_KEY =
      Comparator.comparing(series -> series.key().toString());

  private static final int MAX_COUNTS = 100_000;

  // The columns get the names of those of events, for the conditions of the filter.
  private static final String ROLLUP_BY_SUBJECT =
      "select hour as occurred_at, type, outcome, team as actor_team, upstream, subject, events"
          + " from audit_rollup_subject";
  private static final String ROLLUP =
      "select hour as occurred_at, type, outcome, team as actor_team, upstream,"
          + " null::text as subject, events from audit_rollup";

  private final JdbcClient jdbc;
  private final BoundedQueries queries;

  Aggregates(JdbcClient jdbc, BoundedQueries queries) {
    this.jdbc = jdbc;
    this.queries = queries;
  }

  /** The number of events of one group in one bucket. */
  private record Cell(int bucket, List<@Nullable String> key, long events) {}

  /**
   * Counts events; throws an {@code invalid-parameter} problem if there are too many counts.
   *
   * @param filter with criteria of {@link AuditQuery} only, since hourly counts have no other
   */
  Counts count(
      Buckets buckets, List<Dimension> groupBy, AuditFilter filter, Visibility visibility) {
    boolean bySubject = filter.has("subject") || visibility instanceof Visibility.Only;
    Conditions where = filter.conditions(visibility);
    List<Cell> cells =
        queries.read(
            AuditEvents.ADVICE,
            () ->
                jdbc.sql(sql(bySubject, groupBy, where))
                    .params(where.params())
                    .param("starts", times(buckets.starts().stream()))
                    .param("edgesFrom", times(buckets.edges().stream().map(Span::from)))
                    .param("edgesTo", times(buckets.edges().stream().map(Span::to)))
                    .param("hoursFrom", times(buckets.wholeHours().stream().map(Span::from)))
                    .param("hoursTo", times(buckets.wholeHours().stream().map(Span::to)))
                    .query((row, _) -> cell(row, groupBy))
                    .list());
    return new Counts(
        buckets.from(),
        buckets.to(),
        buckets.size().toString(),
        buckets.zone().getId(),
        buckets.starts(),
        groupBy,
        series(cells, buckets.starts().size(), groupBy));
  }

  private static String sql(boolean bySubject, List<Dimension> groupBy, Conditions where) {
    String groups = groupBy.stream().map(group -> ", " + column(group)).collect(joining());
    // Without the inner query, PostgreSQL parses the array again for each row.
    return """
    select width_bucket(e.occurred_at, (select :starts::timestamptz[])) as bucket,
      sum(e.events) as events %1$s
    from (%2$s union all %3$s) e group by 1 %1$s limit %4$s
    """
        .formatted(
            groups,
            within("edges", "select *, 1 as events from audit_event", where),
            within("hours", bySubject ? ROLLUP_BY_SUBJECT : ROLLUP, where),
            MAX_COUNTS + 1);
  }

  // With "offset 0", each span is a query. The planner takes the spans of a join for long ones, and
  // reads all events that meet the other conditions, at any time.
  private static String within(String spans, String events, Conditions where) {
    return """
    select counted.* from unnest(:%1$sFrom::timestamptz[], :%1$sTo::timestamptz[])
      as span (begins, ends) cross join lateral (
        select e.occurred_at, e.type, e.outcome, e.actor_team, e.upstream, e.events
        from (%2$s) e
        where e.occurred_at >= span.begins and e.occurred_at < span.ends and %3$s
        offset 0) counted
    """
        .formatted(spans, events, where.sql());
  }

  private static String column(Dimension group) {
    return group == Dimension.team ? "e.actor_team" : "e." + group.name();
  }

  private static String[] times(Stream<Instant> times) {
    return times.map(Instant::toString).toArray(String[]::new);
  }

  private static Cell cell(ResultSet row, List<Dimension> groupBy) throws SQLException {
    var key = new ArrayList<@Nullable String>();
    for (int i = 0; i < groupBy.size(); i++) {
      key.add(row.getString(3 + i));
    }
    return new Cell(row.getInt("bucket") - 1, key, row.getLong("events"));
  }

  private static List<Series> series(List<Cell> cells, int buckets, List<Dimension> groupBy) {
    long groups = cells.stream().map(Cell::key).distinct().count();
    if (groups * buckets > MAX_COUNTS) {
      throw QueryText.invalid(
          "At least %s groups in each of %s buckets are more than %s counts. Use a shorter time, a"
                  .formatted(groups, buckets, MAX_COUNTS)
              + " larger bucket or fewer groups.");
    }
    Map<List<@Nullable String>, long[]> counts = new HashMap<>();
    if (groupBy.isEmpty()) {
      counts.put(List.of(), new long[buckets]);
    }
    for (Cell cell : cells) {
      counts.computeIfAbsent(cell.key(), _ -> new long[buckets])[cell.bucket()] += cell.events();
    }
    return counts.entrySet().stream()
        .map(group -> series(group.getKey(), group.getValue()))
        .sorted(BY_KEY)
        .toList();
  }

  private static Series series(List<@Nullable String> key, long[] counts) {
    return new Series(key, Arrays.stream(counts).sum(), Arrays.stream(counts).boxed().toList());
  }
}
