package dev.rekey.credential;

import dev.rekey.access.Visibility;
import dev.rekey.platform.query.Conditions;
import dev.rekey.platform.query.SqlPart;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** How many credentials there are, and of those that live how many want attention. */
public record CredentialCounts(
    long total,
    List<OfStatus> byStatus,
    long expiringWithin7Days,
    long expiringWithin30Days,
    long unusedFor90Days) {

  private static final Duration SOON = Duration.ofDays(7);
  private static final Duration LATER = Duration.ofDays(30);
  private static final Duration LONG = Duration.ofDays(90);

  private static final String LIVE = "('ACTIVE', 'RETIRING')";

  private static final String TALLY =
      """
       from (
        select facet, hour, credentials from credential_tally where hour = '-infinity'
        union all
        select facet, hour, credentials from credential_tally
        where facet = 'ends' and hour >= :nowHour and hour < :laterHour
        union all
        select facet, hour, credentials from credential_tally
        where facet = 'idle' and hour >= :longHour
        union all
        select facet, hour, credentials from credential_tally_change) t
      """;

  /** How many stand so. */
  public record OfStatus(CredentialStatus status, long credentials) {}

  /** The counts of what a caller may see, for {@link #of}. */
  public static SqlPart query(Visibility visibility, Instant now) {
    return switch (visibility) {
      case Visibility.All() -> kept(now);
      case Visibility.Only only -> counted(only, now);
    };
  }

  /** The counts in a row that has the columns of {@link #query}. */
  public static CredentialCounts of(ResultSet row) throws SQLException {
    var byStatus = new ArrayList<OfStatus>();
    for (CredentialStatus status : CredentialStatus.values()) {
      byStatus.add(new OfStatus(status, row.getLong(column(status))));
    }
    return new CredentialCounts(
        byStatus.stream().mapToLong(OfStatus::credentials).sum(),
        List.copyOf(byStatus),
        row.getLong("soon"),
        row.getLong("later"),
        row.getLong("unused"));
  }

  private static SqlPart counted(Visibility.Only visibility, Instant now) {
    var where = new Conditions();
    visibility.addTo(where, "c.subject", "visible");
    where
        .param("now", now)
        .param("soon", now.plus(SOON))
        .param("later", now.plus(LATER))
        .param("long", now.minus(LONG));
    String live = "c.status in " + LIVE;
    String sql =
        "select "
            + byStatus("count(*) filter (where c.status = '%s') as %s")
            + ", count(*) filter (where %s and c.ends_at >= :now and c.ends_at < :soon) as soon"
                .formatted(live)
            + ", count(*) filter (where %s and c.ends_at >= :now and c.ends_at < :later) as later"
                .formatted(live)
            + ", count(*) filter (where %s and c.idle_since < :long) as unused".formatted(live)
            + " from credential c where "
            + where.sql();
    return new SqlPart(sql, where.params());
  }

  // Whole hours from the tally, and the parts of hours at the edges by the indexes. For what is
  // unused, what was used is counted: that is in few hours, however old the rest is.
  private static SqlPart kept(Instant now) {
    var params =
        new Conditions()
            .param("now", now)
            .param("nowHour", hourAfter(now))
            .param("soon", now.plus(SOON))
            .param("soonHour", hour(now.plus(SOON)))
            .param("later", now.plus(LATER))
            .param("laterHour", hour(now.plus(LATER)))
            .param("long", now.minus(LONG))
            .param("longHour", hourAfter(now.minus(LONG)))
            .params();
    String endsNow = atEdge("ends_at", ":now", ":nowHour");
    String sql =
        "select "
            + byStatus("sum(t.credentials) filter (where t.facet = '%s') as %s")
            + ", coalesce(%s, 0) + %s + %s as soon"
                .formatted(
                    inHours("ends", ":nowHour", ":soonHour"),
                    endsNow,
                    atEdge("ends_at", ":soonHour", ":soon"))
            + ", coalesce(%s, 0) + %s + %s as later"
                .formatted(
                    inHours("ends", ":nowHour", ":laterHour"),
                    endsNow,
                    atEdge("ends_at", ":laterHour", ":later"))
            + ", coalesce(sum(t.credentials) filter (where t.facet in %s), 0)".formatted(LIVE)
            + " - coalesce(%s, 0) - %s as unused"
                .formatted(
                    inHours("idle", ":longHour", "'infinity'"),
                    atEdge("idle_since", ":long", ":longHour"))
            + TALLY;
    return new SqlPart(sql, params);
  }

  private static String inHours(String facet, String from, String to) {
    return "sum(t.credentials) filter (where t.facet = '%s' and t.hour >= %s and t.hour < %s)"
        .formatted(facet, from, to);
  }

  private static String atEdge(String column, String from, String to) {
    return "(select count(*) from credential c where c.status in %s and c.%s >= %s and c.%s < %s)"
        .formatted(LIVE, column, from, column, to);
  }

  private static Instant hourAfter(Instant time) {
    return hour(time).plus(1, ChronoUnit.HOURS);
  }

  private static Instant hour(Instant time) {
    return time.truncatedTo(ChronoUnit.HOURS);
  }

  private static String byStatus(String form) {
    return Arrays.stream(CredentialStatus.values())
        .map(status -> form.formatted(status, column(status)))
        .collect(Collectors.joining(", "));
  }

  private static String column(CredentialStatus status) {
    return status.name().toLowerCase(Locale.ROOT);
  }
}
