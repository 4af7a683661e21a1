package dev.rekey.audit.aggregate;

import static java.util.stream.Collectors.joining;

import dev.rekey.access.Visibility;
import dev.rekey.audit.AuditFilter;
import dev.rekey.audit.aggregate.Buckets.Span;
import dev.rekey.platform.query.Conditions;
import dev.rekey.platform.query.SqlPart;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Counts events by bucket and group: whole hours by the sealer's hourly counts, and the rest of the
 * time by events.
 */
final class CountedEvents {

  // The columns get the names of those of events, for the conditions of the filter.
  private static final String ROLLUP =
      "select hour as occurred_at, type, outcome, team as actor_team, upstream,"
          + " null::text as subject, events from audit_rollup";
  private static final String ROLLUP_BY_SUBJECT =
      "select hour as occurred_at, type, outcome, team as actor_team, upstream, subject, events"
          + " from audit_rollup_subject";

  private final Buckets buckets;
  private final List<Dimension> groupBy;
  private final Conditions where;
  private final boolean hasSubject;

  /**
   * @param filter with criteria of the history's {@code AuditQuery} only, since hourly counts have
   *     no other
   */
  CountedEvents(
      Buckets buckets, List<Dimension> groupBy, AuditFilter filter, Visibility visibility) {
    this.buckets = buckets;
    this.groupBy = groupBy;
    this.where = filter.conditions(visibility);
    this.hasSubject = filter.has("subject") || visibility instanceof Visibility.Only;
  }

  /**
   * A query with the columns {@code bucket}, from 1, {@code key}, an array of the group's values,
   * and {@code events}. It needs the parameter {@code starts}.
   */
  SqlPart query() {
    // The sealer does not count by actor.
    boolean byEventsOnly = groupBy.contains(Dimension.actor);
    List<Span> hours = byEventsOnly ? List.of() : buckets.wholeHours();
    List<Span> edges =
        byEventsOnly ? List.of(new Span(buckets.from(), buckets.to())) : buckets.edges();
    var parts = new ArrayList<String>();
    if (!edges.isEmpty()) {
      parts.add(counted(ofEvents()));
      where.param("edgesFrom", times(edges.stream().map(Span::from)));
      where.param("edgesTo", times(edges.stream().map(Span::to)));
    }
    if (!hours.isEmpty()) {
      parts.add(ofAllHours());
      where.param("hoursFrom", hours.getFirst().from());
      where.param("hoursTo", hours.getLast().to());
      where.param(
          "hours", times(hours.stream().flatMap(span -> Stream.of(span.from(), span.to()))));
    }
    String sql =
        """
        select bucket, key, sum(events) as events from (%s) part
        group by 1, 2 having sum(events) <> 0
        """
            .formatted(String.join(" union all ", parts));
    return new SqlPart(sql, where.params());
  }

  private String ofAllHours() {
    if (hasSubject) {
      return counted(ofHours(ROLLUP_BY_SUBJECT));
    }
    return groupBy.contains(Dimension.subject) ? ofHoursBySubject() : counted(ofHours(ROLLUP));
  }

  // The counts by subject leave out events without a subject. Those are all events less the ones
  // with a subject.
  private String ofHoursBySubject() {
    String keyWithoutSubject =
        IntStream.range(0, groupBy.size())
            .mapToObj(i -> groupBy.get(i) == Dimension.subject ? "null" : "key[" + (i + 1) + "]")
            .collect(joining(", "));
    return """
    (with subjects as (%s)
      select * from subjects union all %s
      union all select bucket, array[%s]::text[], -sum(events) from subjects group by 1, 2)
    """
        .formatted(
            counted(ofHours(ROLLUP_BY_SUBJECT)), counted(ofHours(ROLLUP)), keyWithoutSubject);
  }

  private String counted(String events) {
    // Without the inner query, PostgreSQL parses the array again for each row.
    return """
    select width_bucket(e.occurred_at, (select :starts::timestamptz[])) as bucket,
      array[%s]::text[] as key, sum(e.events) as events from (%s) e group by 1%s
    """
        .formatted(Dimension.columns("e.", groupBy), events, moreColumns());
  }

  // With "offset 0", each span is a query. The planner takes the spans of a join for long ones, and
  // reads all events that meet the other conditions, at any time.
  private String ofEvents() {
    return """
    select counted.* from unnest(:edgesFrom::timestamptz[], :edgesTo::timestamptz[])
      as span (begins, ends) cross join lateral (
        select e.occurred_at, 1 as events%s from audit_event e
        where e.occurred_at >= span.begins and e.occurred_at < span.ends and %s
        offset 0) counted
    """
        .formatted(moreColumns(), where.sql());
  }

  // The array has the ends of all spans. An hour is in one if an odd number of ends is before it.
  private String ofHours(String rollup) {
    return """
    select e.occurred_at, e.events%s from (%s) e
    where e.occurred_at >= :hoursFrom and e.occurred_at < :hoursTo
      and mod(width_bucket(e.occurred_at, (select :hours::timestamptz[])), 2) = 1 and %s
    """
        .formatted(moreColumns(), rollup, where.sql());
  }

  /** The columns of the groups, after another column. */
  private String moreColumns() {
    return groupBy.isEmpty() ? "" : ", " + Dimension.columns("e.", groupBy);
  }

  private static String[] times(Stream<Instant> times) {
    return times.map(Instant::toString).toArray(String[]::new);
  }
}
