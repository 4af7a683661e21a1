package dev.rekey.audit;

import static java.util.Objects.requireNonNull;

import dev.rekey.access.Visibility;
import dev.rekey.platform.query.Conditions;
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
 * Here the events that come next are looked at one by one, and more of them as long as what is
 * looked for is not rare among those. Once it is, the indexes give what lies behind, in one longer
 * stretch of time after the other, so that it is never much more than what is asked for.
 */
public final class WordSearch {

  /** As many as can be looked at while the index would be asked. */
  static final int LOOKED_AT = 2_000;

  /** What fewer than one in so many events are is looked for in the indexes. */
  private static final int RARE = 1_000;

  private static final int LONGER = 8;
  private static final Duration SHORTEST = Duration.ofNanos(1_000);
  private static final Next NOTHING =
      new Next(0, false, SHORTEST, new Place(Instant.EPOCH, new UUID(0, 0)), Instant.EPOCH);

  private final JdbcClient jdbc;
  private final RowMapper<AuditEvent> rows;
  private final int lookedAt;

  WordSearch(JdbcClient jdbc, RowMapper<AuditEvent> rows, int lookedAt) {
    this.jdbc = jdbc;
    this.rows = rows;
    this.lookedAt = lookedAt;
  }

  /** An event's place, behind which others are. */
  public record Place(Instant at, UUID id) {}

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

    private Instant move(Instant time, Duration by, Instant end) {
      return earlierOf(this == NEWEST_FIRST ? time.minus(by) : time.plus(by), end);
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

    private Conditions time(@Nullable Place after) {
      var time = AuditFilter.NONE.between(filter.from(), filter.to());
      return order.after(time.conditions(new Visibility.All()), after);
    }

    private Conditions all(boolean byIndexOfWords) {
      var all = filter.withoutWords().conditions(visibility);
      all.and(words(all, byIndexOfWords));
      and.accept(all);
      return all;
    }

    private boolean isForWordsOnly() {
      return filter.withoutWords().between(null, null).equals(AuditFilter.NONE)
          && visibility instanceof Visibility.All;
    }

    private String words(Conditions params, boolean byIndex) {
      return Words.condition(params, requireNonNull(filter.q()), byIndex);
    }
  }

  /**
   * The events that come next, whatever is looked for.
   *
   * @param areWordsRare among these
   * @param place the last one's
   * @param end where the search ends
   */
  private record Next(int count, boolean areWordsRare, Duration length, Place place, Instant end) {}

  /**
   * Finds what comes next.
   *
   * @param after the place behind which it is; null for the beginning
   * @param enough with how many it need not look on; more of them are behind the last one
   * @param beforeQuery is told before each query
   */
  List<AuditEvent> find(
      Search search, @Nullable Place after, int limit, int enough, Runnable beforeQuery) {
    var found = new ArrayList<AuditEvent>();
    Place place = after;
    Next next;
    int count = lookedAt;
    boolean isRare;
    do {
      beforeQuery.run();
      List<AuditEvent> more = amongNext(search, place, count, limit - found.size());
      found.addAll(more);
      if (found.size() >= enough) {
        return found;
      }
      beforeQuery.run();
      next = next(search, place, count);
      if (next.count() < count) {
        return found;
      }
      isRare = more.size() * RARE < count;
      place = next.place();
      count *= LONGER;
    } while (!isRare);
    Duration length = next.length();
    do {
      length = length.multipliedBy(LONGER);
      Instant until = search.order().move(place.at(), length, next.end());
      beforeQuery.run();
      found.addAll(
          byIndex(
              search.all(next.areWordsRare()), search.order(), place, until, limit - found.size()));
      place = new Place(until, search.order().lastId);
    } while (found.size() < enough && !place.at().equals(next.end()));
    return found;
  }

  // With order and limit inside, the planner gets no more of them than that.
  private List<AuditEvent> amongNext(Search search, @Nullable Place after, int count, int limit) {
    Conditions time = search.time(after).param("count", count);
    Conditions all = search.all(false);
    String events = "(select e.* " + nextOnes(search, time) + ") e where " + all.sql();
    return page(search.order(), events, time.params(all.params()), limit);
  }

  // Without, the planner has no hope to be done early, and takes the best indexes.
  private List<AuditEvent> byIndex(
      Conditions all, Order order, Place place, Instant until, int limit) {
    order.until(order.after(all, place), until);
    String events = "(select e.* from audit_event e where " + all.sql() + " offset 0) e";
    return page(order, events, all, limit);
  }

  private List<AuditEvent> page(Order order, String events, Conditions where, int limit) {
    return jdbc.sql(
            "select e.*, s.seq from (select e.* from "
                + events
                + order.sql()
                + " limit :limit) e left join audit_seal s"
                + " on s.event_id = e.id and s.occurred_at = e.occurred_at"
                + order.sql())
        .params(where.param("limit", limit).params())
        .query(rows)
        .list();
  }

  private Next next(Search search, @Nullable Place after, int count) {
    Conditions time = search.time(after).param("count", count);
    // What is looked for is rare; that its words are goes without saying if it is nothing else.
    String haveWords =
        search.isForWordsOnly() ? "0" : "count(*) filter (where " + search.words(time, false) + ")";
    Order order = search.order();
    String at = "(e.occurred_at)";
    return jdbc.sql(
            "select count(*) as events,"
                + (" " + haveWords + " as have_words, ")
                + (order.first + at + " as first, " + order.last + at + " as last,")
                + (" (array_agg(e.id" + order.sql() + "))[count(*)] as last_id,")
                + (" (select " + order.last + at + " from audit_event e) as end_of_all")
                + " from (select e.* "
                + nextOnes(search, time)
                + ") e")
        .params(time.params())
        .query((row, _) -> next(search, row))
        .single();
  }

  private static Next next(Search search, ResultSet row) throws SQLException {
    int count = row.getInt("events");
    if (count == 0) {
      return NOTHING;
    }
    Instant last = time(row, "last");
    return new Next(
        count,
        row.getInt("have_words") * RARE < count,
        Duration.between(time(row, "first"), last).abs().plus(SHORTEST),
        new Place(last, row.getObject("last_id", UUID.class)),
        search.order().earlierOf(time(row, "end_of_all"), search.order().end(search.filter())));
  }

  private static Instant time(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  private static String nextOnes(Search search, Conditions time) {
    return "from audit_event e where " + time.sql() + search.order().sql() + " limit :count";
  }
}
