package dev.rekey.audit;

import dev.rekey.access.Visibility;
import dev.rekey.audit.Buckets.Span;
import dev.rekey.audit.Counts.Series;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Counts events over time: whole hours from the rollups that the sealer keeps, the rest event by
 * event.
 */
@Component
class Aggregates {

  private static final Comparator<Series> BY_KEY =
      Comparator.comparing(series -> series.key().toString());

  private static final int MOST_COUNTS = 500_000;

  private final JdbcClient jdbc;
  private final BoundedQueries queries;

  Aggregates(JdbcClient jdbc, BoundedQueries queries) {
    this.jdbc = jdbc;
    this.queries = queries;
  }

  /** How many events of one group one bucket has. */
  private record Cell(int bucket, List<@Nullable String> key, long events) {}

  /**
   * Counts.
   *
   * @param filter without {@code from}, {@code to} and what the rollups do not know: actor,
   *     credential, rotation and words
   */
  Counts count(
      Buckets buckets, List<Dimension> groupBy, AuditFilter filter, Visibility visibility) {
    boolean bySubject = filter.subject() != null || visibility instanceof Visibility.Only;
    var where = Conditions.of(filter, visibility);
    List<Cell> cells =
        queries.read(
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
        buckets.size().text(),
        buckets.zone().getId(),
        buckets.starts(),
        groupBy,
        series(cells, buckets.starts().size(), groupBy));
  }

  /** The columns of the rollups are given the names of the events' own, for the conditions. */
  private static String sql(boolean bySubject, List<Dimension> groupBy, Conditions where) {
    String groups =
        groupBy.stream().map(group -> ", " + column(group)).collect(Collectors.joining());
    return "select width_bucket(e.occurred_at, :starts::timestamptz[]) as bucket, sum(e.events) as events"
        + groups
        + " from (select a.occurred_at, a.type, a.outcome, a.actor_team, a.upstream, a.subject,"
        + " 1 as events"
        + " from unnest(:edgesFrom::timestamptz[], :edgesTo::timestamptz[]) as s (begins, ends)"
        + " join audit_event a on a.occurred_at >= s.begins and a.occurred_at < s.ends"
        + " union all select r.hour, r.type, r.outcome, r.team, r.upstream, "
        + (bySubject ? "r.subject" : "null")
        + ", r.events"
        + " from unnest(:hoursFrom::timestamptz[], :hoursTo::timestamptz[]) as s (begins, ends)"
        + " join "
        + (bySubject ? "audit_rollup_subject" : "audit_rollup")
        + " r on r.hour >= s.begins and r.hour < s.ends) e where "
        + where.sql()
        + " group by 1"
        + groups;
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
    if (groups * buckets > MOST_COUNTS) {
      throw FilterText.invalid(
          "That would be "
              + groups
              + " groups in each of "
              + buckets
              + " buckets, and more than "
              + MOST_COUNTS
              + " counts; ask for a shorter time, a larger bucket or fewer groups.");
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
