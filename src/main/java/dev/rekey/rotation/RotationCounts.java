package dev.rekey.rotation;

import dev.rekey.access.Visibility;
import dev.rekey.platform.query.Conditions;
import dev.rekey.platform.query.SqlPart;
import dev.rekey.platform.query.SqlTime;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What became of the rotations of a day, and how many nobody knows the outcome of. */
record RotationCounts(
    long unknown,
    @Nullable Instant oldestUnknownAt,
    @Nullable Long oldestUnknownSeconds,
    Instant today,
    List<OfState> todayByState) {

  /** How many stand so. */
  record OfState(MutationState state, long rotations) {}

  /** The counts of what a caller may see, for {@link #of}. */
  static SqlPart query(Visibility visibility, Instant today) {
    var where = new Conditions();
    visibility.addTo(where, "r.subject", "visible");
    where.param("today", today);
    String sql =
        "select u.*, d.* from (select count(*) as unknown_now, min(r.requested_at) as oldest_unknown"
            + " from rotation r where r.state = 'UNKNOWN' and "
            + where.sql()
            + ") u, (select "
            + Arrays.stream(MutationState.values())
                .map(
                    state ->
                        "count(*) filter (where r.state = '%s') as %s"
                            .formatted(state, column(state)))
                .collect(Collectors.joining(", "))
            + " from rotation r where r.requested_at >= :today and "
            + where.sql()
            + ") d";
    return new SqlPart(sql, where.params());
  }

  /** The counts in a row that has the columns of {@link #query}. */
  static RotationCounts of(ResultSet row, Instant today, Instant now) throws SQLException {
    Instant oldest = SqlTime.instant(row.getObject("oldest_unknown", OffsetDateTime.class));
    var byState = new ArrayList<OfState>();
    for (MutationState state : MutationState.values()) {
      byState.add(new OfState(state, row.getLong(column(state))));
    }
    return new RotationCounts(
        row.getLong("unknown_now"),
        oldest,
        oldest == null ? null : Math.max(0, Duration.between(oldest, now).toSeconds()),
        today,
        List.copyOf(byState));
  }

  private static String column(MutationState state) {
    return "today_" + state.name().toLowerCase(Locale.ROOT);
  }
}
