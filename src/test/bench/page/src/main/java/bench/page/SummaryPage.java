package bench.page;

import bench.page.PageApplication.Queries;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The numbers that a dashboard starts with. */
@RestController
class SummaryPage {

  private static final List<String> STATUSES =
      List.of("ACTIVE", "RETIRING", "RETIRED", "EXPIRED", "MISSING");
  private static final List<String> STATES =
      List.of(
          "PENDING",
          "SUCCEEDED",
          "NOT_ATTEMPTED",
          "REJECTED",
          "UNKNOWN",
          "COMPENSATED",
          "NOT_APPLIED",
          "ORPHAN_REMOVED",
          "SUPERSEDED",
          "RESOLVED");

  private final JdbcClient jdbc;
  private final Grants grants;
  private final String sql;

  SummaryPage(JdbcClient jdbc, Grants grants, Queries queries) {
    this.jdbc = jdbc;
    this.grants = grants;
    this.sql = queries.named("summary");
  }

  /** The JSON of Rekey. */
  record Summary(Credentials credentials, Rotations rotations) {}

  record Credentials(
      long total,
      long valid,
      List<OfStatus> byStatus,
      Map<String, Long> countByStatus,
      long overdue,
      long expiringWithin7Days,
      long expiringWithin30Days,
      long unusedFor90Days) {}

  record OfStatus(String status, long credentials) {}

  record Rotations(
      long unknown,
      Instant oldestUnknownAt,
      long unconfirmed,
      long deliveriesParked,
      Instant today,
      List<OfState> todayByState,
      Map<String, Long> todayCountByState) {}

  record OfState(String state, long rotations) {}

  @GetMapping("/api/v1/summary")
  Summary summary() {
    grants.require("credentials:read");
    return jdbc.sql(sql).query((row, _) -> read(row)).single();
  }

  private static Summary read(ResultSet row) throws SQLException {
    var byStatus = new ArrayList<OfStatus>();
    var countByStatus = new LinkedHashMap<String, Long>();
    for (String status : STATUSES) {
      byStatus.add(new OfStatus(status, row.getLong(status)));
      countByStatus.put(status, row.getLong(status));
    }
    var byState = new ArrayList<OfState>();
    var todayCountByState = new LinkedHashMap<String, Long>();
    for (String state : STATES) {
      byState.add(new OfState(state, row.getLong("today_" + state)));
      todayCountByState.put(state, row.getLong("today_" + state));
    }
    Instant now = Instant.now();
    return new Summary(
        new Credentials(
            byStatus.stream().mapToLong(OfStatus::credentials).sum(),
            countByStatus.get("ACTIVE") + countByStatus.get("RETIRING"),
            byStatus,
            countByStatus,
            row.getLong("overdue"),
            row.getLong("soon"),
            row.getLong("later"),
            row.getLong("unused")),
        new Rotations(
            row.getLong("unknown_now"),
            Rows.time(row, "oldest_unknown"),
            row.getLong("unconfirmed"),
            row.getLong("deliveries_parked"),
            now.truncatedTo(ChronoUnit.DAYS),
            byState,
            todayCountByState));
  }
}
