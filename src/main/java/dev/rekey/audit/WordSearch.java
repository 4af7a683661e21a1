package dev.rekey.audit;

import static java.util.Objects.requireNonNull;

import dev.rekey.access.Visibility;
import dev.rekey.platform.Conditions;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Finds events by their words. PostgreSQL takes each word for one that half a percent of the events
 * have, since the start of it is enough, and so would look for a rare one along the whole history.
 * Here the events that come next are looked at one by one, which is soon done if the words are
 * common. If they are not, the index of words gives what lies behind those, in one longer stretch
 * of time after the other, so that it is never much more than what is asked for.
 */
final class WordSearch {

  /** As many as can be looked at while the index would be asked. */
  static final int LOOKED_AT = 2_000;

  private static final int LONGER = 8;
  private static final Duration SHORTEST = Duration.ofNanos(1_000);

  private final JdbcClient jdbc;
  private final RowMapper<AuditEvent> rows;
  private final int lookedAt;

  WordSearch(JdbcClient jdbc, RowMapper<AuditEvent> rows, int lookedAt) {
    this.jdbc = jdbc;
    this.rows = rows;
    this.lookedAt = lookedAt;
  }

  /** An event's place, behind which others are. */
  record Place(Instant at, UUID id) {}

  /** In which order events are found. */
  enum Order {
    NEWEST_FIRST("desc", "<", "min", "max", new UUID(0, 0)),
    OLDEST_FIRST("asc", ">", "max", "min", new UUID(-1, -1));

    private final String direction;
    private final String behind;
    private final String last;
    private final String first;
    private final UUID lastId;

    Order(String direction, String behind, String last, String first, UUID lastId) {
      this.direction = direction;
      this.behind = behind;
      this.last = last;
      this.first = first;
      this.lastId = lastId;
    }

    private Conditions after(Conditions where, @Nullable Place place) {
      return place == null
          ? where
          // The first of the two is for the planner, who leaves out other months by it.
          : where
              .and("e.occurred_at " + behind + "= :afterTime", "afterTime", place.at())
              .and("(e.occurred_at, e.id) " + behind + " (:afterTime, :afterId)")
              .param("afterId", place.id());
    }

    private Conditions until(Conditions where, Instant time) {
      return where.and(":until " + behind + "= e.occurred_at", "until", time);
    }

    private Instant earlierOf(Instant one, @Nullable Instant other) {
      return other == null || (this == NEWEST_FIRST) == one.isAfter(other) ? one : other;
    }

    private Instant move(Instant time, Duration by) {
      return this == NEWEST_FIRST ? time.minus(by) : time.plus(by);
    }

    private @Nullable Instant end(AuditFilter filter) {
      return this == NEWEST_FIRST ? filter.from() : filter.to();
    }

    private String sql() {
      return " order by e.occurred_at " + direction + ", e.id " + direction;
    }
  }

  /**
   * What is looked for; the filter has words.
   *
   * @param and adds what else has to be true
   */
  record Search(Order order, AuditFilter filter, Visibility visibility, Consumer<Conditions> and) {

    private Conditions others(@Nullable Place after) {
      return order.after(filter.withoutWords().conditions(visibility), after);
    }

    private String words() {
      return requireNonNull(filter.q());
    }
  }

  /**
   * The events that come next, whatever their words.
   *
   * @param end where the search ends
   */
  private record Next(int count, Instant first, Instant last, UUID lastId, Instant end) {}

  /**
   * Finds what comes next.
   *
   * @param after the place behind which it is; null for the beginning
   * @param enough with how many it need not look on; more of them are behind the last one
   * @param beforeQuery is told before each query but the first
   */
  List<AuditEvent> find(
      Search search, @Nullable Place after, int limit, int enough, Runnable beforeQuery) {
    var found = new ArrayList<>(amongNext(search, after, limit));
    if (found.size() >= enough) {
      return found;
    }
    beforeQuery.run();
    Next next = next(search, after);
    if (next.count() < lookedAt) {
      return found;
    }
    Order order = search.order();
    var place = new Place(next.last(), next.lastId());
    Duration length = Duration.between(next.first(), next.last()).abs().plus(SHORTEST);
    do {
      length = length.multipliedBy(LONGER);
      Instant until = order.earlierOf(order.move(place.at(), length), next.end());
      beforeQuery.run();
      found.addAll(byIndex(search, place, until, limit - found.size()));
      place = new Place(until, order.lastId);
    } while (found.size() < enough && !place.at().equals(next.end()));
    return found;
  }

  // With order and limit inside, the planner gets them as if there were no words.
  private List<AuditEvent> amongNext(Search search, @Nullable Place after, int limit) {
    Conditions others = search.others(after).param("lookedAt", lookedAt);
    var wanted = new Conditions();
    Words.addTo(wanted, search.words());
    search.and().accept(wanted);
    String events = "(select e.* " + nextOnes(search, others) + ") e where " + wanted.sql();
    return page(search, events, others.params(wanted.params()), limit);
  }

  // Without, the planner has no hope to be done early, and takes the index.
  private List<AuditEvent> byIndex(Search search, Place place, Instant until, int limit) {
    Conditions wanted =
        search
            .order()
            .until(search.others(place), until)
            .and(Words.CONDITION, "words", Words.query(search.words()));
    search.and().accept(wanted);
    String events = "(select e.* from audit_event e where " + wanted.sql() + " offset 0) e";
    return page(search, events, wanted, limit);
  }

  private List<AuditEvent> page(Search search, String events, Conditions where, int limit) {
    String order = search.order().sql();
    return jdbc.sql(
            "select e.*, s.seq from (select e.* from "
                + events
                + order
                + " limit :limit) e left join audit_seal s"
                + " on s.event_id = e.id and s.occurred_at = e.occurred_at"
                + order)
        .params(where.param("limit", limit).params())
        .query(rows)
        .list();
  }

  private Next next(Search search, @Nullable Place after) {
    Conditions others = search.others(after).param("lookedAt", lookedAt);
    Order order = search.order();
    String time = "(e.occurred_at)";
    return jdbc.sql(
            "select count(*) as events, "
                + (order.first + time + " as first, " + order.last + time + " as last,")
                // The last one's, whichever way the aggregate sorts them.
                + (" (array_agg(e.id" + order.sql() + "))[count(*)] as last_id,")
                + (" (select " + order.last + time + " from audit_event e) as end_of_all")
                + " from (select e.occurred_at, e.id "
                + nextOnes(search, others)
                + ") e")
        .params(others.params())
        .query((row, _) -> next(search, row))
        .single();
  }

  private static Next next(Search search, ResultSet row) throws SQLException {
    int count = row.getInt("events");
    if (count == 0) {
      return new Next(0, Instant.EPOCH, Instant.EPOCH, search.order().lastId, Instant.EPOCH);
    }
    Order order = search.order();
    return new Next(
        count,
        time(row, "first"),
        time(row, "last"),
        row.getObject("last_id", UUID.class),
        order.earlierOf(time(row, "end_of_all"), order.end(search.filter())));
  }

  private static Instant time(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  private static String nextOnes(Search search, Conditions others) {
    return "from audit_event e where " + others.sql() + search.order().sql() + " limit :lookedAt";
  }
}
