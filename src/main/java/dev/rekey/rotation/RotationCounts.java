package dev.rekey.rotation;

import dev.rekey.access.Visibility;
import dev.rekey.platform.Conditions;
import dev.rekey.platform.SqlPart;
import dev.rekey.platform.SqlTime;
import io.swagger.v3.oas.annotations.media.Schema;
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
@Schema(
    name = "RotationCounts",
    description = "The rotations of a day, and those whose outcome is not known, of whatever day.")
record RotationCounts(
    @Schema(description = "How many are UNKNOWN now, whenever they were asked for.", example = "1")
        long unknown,
    @Schema(
            description = "When the first of these was asked for; null if there is none.",
            example = "2026-11-22T09:30:00.012345Z")
        @Nullable Instant oldestUnknownAt,
    @Schema(
            description = "How long ago that was, in seconds; null if there is none.",
            example = "5400")
        @Nullable Long oldestUnknownSeconds,
    @Schema(
            description = "When the day begins, in the time zone that was asked for.",
            example = "2026-11-22T00:00:00.000000Z")
        Instant today,
    @Schema(description = "How those asked for since then stand, each state once.")
        List<OfState> todayByState) {

  /** How many stand so. */
  @Schema(name = "RotationsOfState", description = "How many rotations stand so.")
  record OfState(
      @Schema(description = "Where they stand.") MutationState state,
      @Schema(description = "How many do.", example = "40") long rotations) {}

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
