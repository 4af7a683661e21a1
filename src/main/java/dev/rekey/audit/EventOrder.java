package dev.rekey.audit;

import dev.rekey.platform.query.Conditions;
import dev.rekey.platform.query.TimeRange;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The direction in which events are read. */
enum EventOrder {
  NEWEST_FIRST("desc", "<", "min", "max", new UUID(0, 0)),
  OLDEST_FIRST("asc", ">", "max", "min", new UUID(-1, -1));

  private final String direction;
  private final String beyond;
  private final String last;
  private final String first;
  private final UUID lastId;

  EventOrder(String direction, String beyond, String last, String first, UUID lastId) {
    this.direction = direction;
    this.beyond = beyond;
    this.last = last;
    this.first = first;
    this.lastId = lastId;
  }

  /** Adds that events come after a position; null for the beginning. */
  Conditions after(Conditions where, @Nullable EventPosition position) {
    return position == null
        ? where
        // The first condition lets the planner exclude partitions.
        : where
            .and("e.occurred_at " + beyond + "= :afterTime", "afterTime", position.at())
            .and("(e.occurred_at, e.id) " + beyond + " (:afterTime, :afterId)")
            .param("afterId", position.id());
  }

  /** Adds that events come before a time or at it. */
  void until(Conditions where, Instant time) {
    where.and(":until " + beyond + "= e.occurred_at", "until", time);
  }

  /** The position after the last event of a time. */
  EventPosition endOf(Instant time) {
    return new EventPosition(time, lastId);
  }

  /** Moves a time onwards, but not past the end. */
  Instant move(Instant time, Duration by, Instant end) {
    return earlierOf(this == NEWEST_FIRST ? time.minus(by) : time.plus(by), end);
  }

  /** The one of two times that comes first in this order. */
  Instant earlierOf(Instant one, @Nullable Instant other) {
    return other == null || (this == NEWEST_FIRST) == one.isAfter(other) ? one : other;
  }

  /** Where a search of a time ends. */
  @Nullable Instant end(TimeRange time) {
    return this == NEWEST_FIRST ? time.from() : time.to();
  }

  /** The aggregate of a column that gives its first value in this order. */
  String first(String column) {
    return first + "(" + column + ")";
  }

  String last(String column) {
    return last + "(" + column + ")";
  }

  String orderBy() {
    return " order by e.occurred_at " + direction + ", e.id " + direction;
  }

  /**
   * A table {@code e} of the first events of a table {@code e}.
   *
   * @param limit the number of events, or a named parameter. A plan that is kept needs the number,
   *     because it does not know a parameter's value.
   */
  String limited(String from, String condition, String limit) {
    return "(select e.* from "
        + from
        + " where "
        + condition
        + orderBy()
        + " limit "
        + limit
        + ") e";
  }

  /**
   * A query of events with their sequence numbers and hashes, for which it reads the seals of these
   * only.
   */
  String withSeq(String events) {
    return "select e.*, s.seq, s.row_hash from "
        + events
        + " left join audit_seal s on s.event_id = e.id and s.occurred_at = e.occurred_at"
        + orderBy();
  }
}
