package dev.rekey.audit;

import dev.rekey.access.Visibility;
import dev.rekey.audit.AuditSearch.Words;
import dev.rekey.platform.query.Conditions;
import dev.rekey.platform.query.SqlTime;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Finds events by words.
 *
 * <p>PostgreSQL estimates that half a percent of the events have any given prefix of a word, and so
 * reads the whole history in order to find a rare one. This class reads the next events in batches.
 * The batches grow as long as matches are frequent. Once matches are rare, it uses the indexes, for
 * spans of time that grow, so that a query reads little more than the page needs.
 */
@Component
class WordSearch {

  /** The number of events that take as long to read as a query of the index. */
  private static final int BATCH = 2_000;

  /** Fewer than one in so many events is rare. */
  private static final int RARE = 1_000;

  private static final int GROWTH = 8;
  private static final Duration SHORTEST = Duration.ofNanos(1_000);

  private final JdbcClient jdbc;
  private final int firstBatch;

  @Autowired
  WordSearch(JdbcClient jdbc) {
    this(jdbc, BATCH);
  }

  /** For tests; {@code firstBatch} is the number of events in the first batch. */
  WordSearch(JdbcClient jdbc, int firstBatch) {
    this.jdbc = jdbc;
    this.firstBatch = firstBatch;
  }

  /** A range of sequence numbers, both inclusive. */
  record SequenceRange(long first, long last) {}

  /**
   * A search.
   *
   * @param wanted with words
   * @param sealed the sequence numbers of the events; null if they need not be sealed
   * @param limit the greatest number of events
   * @param enough the number of events at which the search may stop, at most {@code limit}
   */
  record Search(
      EventOrder order,
      AuditSearch wanted,
      Visibility visibility,
      @Nullable SequenceRange sealed,
      int limit,
      int enough) {

    private Words words() {
      return Objects.requireNonNull(wanted.words());
    }

    private Conditions time(@Nullable EventPosition after) {
      var where = new Conditions();
      wanted.time().addTo(where, "e.occurred_at");
      return order.after(where, after);
    }

    private Conditions all(boolean byIndexOfWords) {
      var where = wanted.conditions(visibility);
      where.and(words().condition(where, byIndexOfWords));
      if (sealed != null) {
        // Not a join, which the planner could start with the seals.
        where
            .and(
                "(select s.seq from audit_seal s where s.event_id = e.id"
                    + " and s.occurred_at = e.occurred_at) between :firstSeq and :lastSeq")
            .param("firstSeq", sealed.first())
            .param("lastSeq", sealed.last());
      }
      return where;
    }
  }

  /**
   * A batch of events that come next, whether they match or not.
   *
   * @param areWordsRare whether few of them have the words
   * @param span from the first to the last
   * @param end the time at which the search ends
   */
  private record Batch(
      int count, boolean areWordsRare, Duration span, EventPosition last, Instant end) {

    private static final Batch EMPTY =
        new Batch(
            0, false, SHORTEST, new EventPosition(Instant.EPOCH, new UUID(0, 0)), Instant.EPOCH);
  }

  /** The part of an event that a search reads: a query of a table of events, and its rows. */
  private record Reading<T>(BiFunction<EventOrder, String, String> query, RowMapper<T> row) {

    private static final Reading<AuditEvent> EVENTS =
        new Reading<>(EventOrder::withSeq, AuditEvents::event);

    private static final Reading<Integer> ONLY_THEIR_NUMBER =
        new Reading<>((_, events) -> "select 1 from " + events, (row, _) -> row.getInt(1));
  }

  /**
   * Finds events after a position; null for the start. Calls {@code beforeQuery} before each query.
   */
  List<AuditEvent> find(Search search, @Nullable EventPosition after, Runnable beforeQuery) {
    return find(Reading.EVENTS, search, after, beforeQuery);
  }

  /** Counts events, up to the limit. Calls {@code beforeQuery} before each query. */
  int count(Search search, Runnable beforeQuery) {
    return find(Reading.ONLY_THEIR_NUMBER, search, null, beforeQuery).size();
  }

  private <T> List<T> find(
      Reading<T> reading, Search search, @Nullable EventPosition after, Runnable beforeQuery) {
    var found = new ArrayList<T>();
    EventPosition position = after;
    for (int count = firstBatch; ; count *= GROWTH) {
      beforeQuery.run();
      List<T> matches = amongNext(reading, search, position, count, search.limit() - found.size());
      found.addAll(matches);
      if (found.size() >= search.enough()) {
        return found;
      }
      beforeQuery.run();
      Batch batch = batch(search, position, count);
      if (batch.count() < count) {
        return found;
      }
      if (matches.size() * RARE < count) {
        addByIndex(reading, found, search, batch, beforeQuery);
        return found;
      }
      position = batch.last();
    }
  }

  private <T> void addByIndex(
      Reading<T> reading, List<T> found, Search search, Batch batch, Runnable beforeQuery) {
    EventPosition position = batch.last();
    Duration span = batch.span();
    do {
      span = span.multipliedBy(GROWTH);
      Instant until = search.order().move(position.at(), span, batch.end());
      beforeQuery.run();
      Conditions all = search.all(batch.areWordsRare());
      int limit = search.limit() - found.size();
      found.addAll(byIndex(reading, all, search.order(), position, until, limit));
      position = search.order().endOf(until);
    } while (found.size() < search.enough() && !position.at().equals(batch.end()));
  }

  // With order and limit inside, the planner reads no more events than that.
  private <T> List<T> amongNext(
      Reading<T> reading, Search search, @Nullable EventPosition after, int count, int limit) {
    Conditions time = search.time(after).param("count", count);
    Conditions all = search.all(false);
    String next = "(select e.* " + next(search, time) + ") e";
    return page(reading, search.order(), next, all.sql(), time.params(all.params()), limit);
  }

  // With "offset 0" inside, the planner expects to read all of them and uses the best indexes.
  private <T> List<T> byIndex(
      Reading<T> reading,
      Conditions all,
      EventOrder order,
      EventPosition position,
      Instant until,
      int limit) {
    order.until(order.after(all, position), until);
    String events = "(select e.* from audit_event e where " + all.sql() + " offset 0) e";
    return page(reading, order, events, "true", all, limit);
  }

  private <T> List<T> page(
      Reading<T> reading,
      EventOrder order,
      String from,
      String condition,
      Conditions where,
      int limit) {
    return jdbc.sql(reading.query().apply(order, order.limited(from, condition, ":limit")))
        .params(where.param("limit", limit).params())
        .query(reading.row())
        .list();
  }

  private Batch batch(Search search, @Nullable EventPosition after, int count) {
    Conditions time = search.time(after).param("count", count);
    // The matches are rare. If words are the only criterion, then the words are rare.
    String haveWords =
        search.wanted().filter().isEmpty() && search.visibility() instanceof Visibility.All
            ? "0"
            : "count(*) filter (where " + search.words().condition(time, false) + ")";
    EventOrder order = search.order();
    return jdbc.sql(
            "select count(*) as events, %s as have_words, %s as first, %s as last,"
                    .formatted(haveWords, order.first("e.occurred_at"), order.last("e.occurred_at"))
                + " (array_agg(e.id%s))[count(*)] as last_id,".formatted(order.orderBy())
                + " (select %s from audit_event e) as end_of_all"
                    .formatted(order.last("e.occurred_at"))
                + " from (select e.* %s) e".formatted(next(search, time)))
        .params(time.params())
        .query((row, _) -> batch(search, row))
        .single();
  }

  private static Batch batch(Search search, ResultSet row) throws SQLException {
    int count = row.getInt("events");
    if (count == 0) {
      return Batch.EMPTY;
    }
    Instant last = SqlTime.instant(row, "last");
    EventOrder order = search.order();
    return new Batch(
        count,
        row.getInt("have_words") * RARE < count,
        Duration.between(SqlTime.instant(row, "first"), last).abs().plus(SHORTEST),
        new EventPosition(last, row.getObject("last_id", UUID.class)),
        order.earlierOf(SqlTime.instant(row, "end_of_all"), order.end(search.wanted().time())));
  }

  private static String next(Search search, Conditions time) {
    return "from audit_event e where " + time.sql() + search.order().orderBy() + " limit :count";
  }
}
