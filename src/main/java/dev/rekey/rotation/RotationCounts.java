package dev.rekey.rotation;

import dev.rekey.access.Visibility;
import dev.rekey.platform.query.Conditions;
import dev.rekey.platform.query.SqlPart;
import dev.rekey.platform.query.SqlTime;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Numbers of rotations in the summary.
 *
 * @param unknown the rotations of unknown outcome
 * @param oldestUnknownAt when the oldest of them was requested; null if there is none
 * @param unconfirmed the rotations that need a confirmation
 * @param deliveriesParked the rotations whose secret needs a delivery
 * @param today when today began in the requested time zone
 * @param todayByState the rotations that were requested today, with every state
 * @param todayCountByState the same numbers by state
 */
public record RotationCounts(
    long unknown,
    @Nullable Instant oldestUnknownAt,
    long unconfirmed,
    long deliveriesParked,
    Instant today,
    List<OfState> todayByState,
    Map<MutationState, Long> todayCountByState) {

  public record OfState(MutationState state, long rotations) {}

  /** Returns a query of one row for {@link #read}, of the rotations that a caller may see. */
  static SqlPart sql(Visibility visibility, Instant today) {
    var where = new Conditions();
    visibility.addTo(where, "r.subject", "visible");
    where.param("today", today);
    String byState =
        Arrays.stream(MutationState.values())
            .map(
                state ->
                    "count(*) filter (where r.state = '%s') as %s".formatted(state, column(state)))
            .collect(Collectors.joining(", "));
    String sql =
        """
        select u.*, d.*, (%s) as unconfirmed, (%s) as deliveries_parked from
          (select count(*) as unknown_now, min(r.requested_at) as oldest_unknown
            from rotation r where r.state = 'UNKNOWN' and %s) u,
          (select %s from rotation r where r.requested_at >= :today and %s) d
        """
            .formatted(
                count(Need.CONFIRMATION, where),
                count(Need.DELIVERY, where),
                where.sql(),
                byState,
                where.sql());
    return new SqlPart(sql, where.params());
  }

  private static String count(Need need, Conditions where) {
    return "select count(*)" + need.rows() + " and " + where.sql();
  }

  /** Reads the counts from a row with the columns of {@link #sql}. */
  static RotationCounts read(ResultSet row, Instant today) throws SQLException {
    var counts = new EnumMap<MutationState, Long>(MutationState.class);
    for (MutationState state : MutationState.values()) {
      counts.put(state, row.getLong(column(state)));
    }
    return new RotationCounts(
        row.getLong("unknown_now"),
        SqlTime.nullableInstant(row, "oldest_unknown"),
        row.getLong("unconfirmed"),
        row.getLong("deliveries_parked"),
        today,
        counts.entrySet().stream()
            .map(count -> new OfState(count.getKey(), count.getValue()))
            .toList(),
        Collections.unmodifiableMap(counts));
  }

  private static String column(MutationState state) {
    return "today_" + state.name().toLowerCase(Locale.ROOT);
  }
}
