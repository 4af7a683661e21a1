package dev.rekey.credential;

import dev.rekey.access.Visibility;
import dev.rekey.platform.query.Conditions;
import dev.rekey.platform.query.SqlPart;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The numbers of credentials in the inventory. The last four count {@code valid} credentials only.
 * If every credential is visible, the numbers come from the counters that {@link
 * CredentialCounters} compacts; otherwise the visible rows are counted.
 *
 * @param total of every status
 * @param valid ACTIVE or RETIRING
 * @param countByStatus the same numbers as {@code byStatus}, with every status
 * @param overdue whose expiry, by the upstream or by policy, has passed
 * @param expiringWithin7Days by the upstream's expiry or by policy
 * @param unusedFor90Days last used before then or, if never used, created before then
 */
public record CredentialCounts(
    long total,
    long valid,
    List<OfStatus> byStatus,
    Map<CredentialStatus, Long> countByStatus,
    long overdue,
    long expiringWithin7Days,
    long expiringWithin30Days,
    long unusedFor90Days) {

  /** The number of credentials in a status. */
  public record OfStatus(CredentialStatus status, long credentials) {}

  private static final Duration SOON = Duration.ofDays(7);
  private static final Duration LATER = Duration.ofDays(30);
  private static final Duration UNUSED = Duration.ofDays(90);

  private static final String LIVE = "('ACTIVE', 'RETIRING')";

  private static final String COUNTERS =
      """
      (
        select facet, hour, credentials from credential_tally where hour = '-infinity'
        union all
        select facet, hour, credentials from credential_tally
        where facet = 'ends' and hour < :laterHour
        union all
        select facet, hour, credentials from credential_tally
        where facet = 'idle' and hour >= :unusedHour
        union all
        select facet, hour, credentials from credential_tally_change)
      """;

  /** Returns a query of one row for {@link #read}, of the credentials that a caller may see. */
  public static SqlPart sql(Visibility visibility, Instant now) {
    return switch (visibility) {
      case Visibility.All() -> sumCounters(now);
      case Visibility.Only only -> sql(List.of(only), now);
    };
  }

  /** Reads the counts from a row with the columns of {@link #sql}. */
  public static CredentialCounts read(ResultSet row) throws SQLException {
    var counts = new EnumMap<CredentialStatus, Long>(CredentialStatus.class);
    for (CredentialStatus status : CredentialStatus.values()) {
      counts.put(status, row.getLong(status.name()));
    }
    List<OfStatus> byStatus =
        counts.entrySet().stream()
            .map(count -> new OfStatus(count.getKey(), count.getValue()))
            .toList();
    return new CredentialCounts(
        sum(byStatus, _ -> true),
        sum(byStatus, CredentialStatus::isLive),
        byStatus,
        Collections.unmodifiableMap(counts),
        row.getLong("overdue"),
        row.getLong("soon"),
        row.getLong("later"),
        row.getLong("unused"));
  }

  private static long sum(List<OfStatus> counts, Predicate<CredentialStatus> which) {
    return counts.stream()
        .filter(count -> which.test(count.status()))
        .mapToLong(OfStatus::credentials)
        .sum();
  }

  /** Same, of the credentials that all restrictions include. */
  static SqlPart sql(List<Visibility> within, Instant now) {
    var where = new Conditions();
    for (int i = 0; i < within.size(); i++) {
      within.get(i).addTo(where, "c.subject", "visible" + i + "of");
    }
    String sql =
        """
        select %1$s,
          count(*) filter (where %2$s and c.ends_at < :now) as overdue,
          count(*) filter (where %2$s and c.ends_at >= :now and c.ends_at < :soon) as soon,
          count(*) filter (where %2$s and c.ends_at >= :now and c.ends_at < :later) as later,
          count(*) filter (where %2$s and c.idle_since < :unused) as unused
        from credential c where %3$s
        """
            .formatted(
                byStatus("count(*) filter (where c.status = '%s') as %s"),
                "c.status in " + LIVE,
                where.sql());
    where
        .param("now", now)
        .param("soon", now.plus(SOON))
        .param("later", now.plus(LATER))
        .param("unused", now.minus(UNUSED));
    return new SqlPart(sql, where.params());
  }

  // The counters hold whole hours; the parts of hours at both ends are counted by index. Recently
  // used credentials fill few hours, however old the others are, so those are subtracted.
  private static SqlPart sumCounters(Instant now) {
    String untilNextHour = rows("ends_at", ":now", ":nowHour");
    String sql =
        """
        select %s,
          %s - %s as overdue,
          %s + %s + %s as soon,
          %s + %s + %s as later,
          coalesce(sum(t.credentials) filter (where t.facet in %s), 0) - %s - %s as unused
        from %s t
        """
            .formatted(
                byStatus("sum(t.credentials) filter (where t.facet = '%s') as %s"),
                hours("ends", "'-infinity'", ":nowHour"),
                untilNextHour,
                hours("ends", ":nowHour", ":soonHour"),
                untilNextHour,
                rows("ends_at", ":soonHour", ":soon"),
                hours("ends", ":nowHour", ":laterHour"),
                untilNextHour,
                rows("ends_at", ":laterHour", ":later"),
                LIVE,
                hours("idle", ":unusedHour", "'infinity'"),
                rows("idle_since", ":unused", ":unusedHour"),
                COUNTERS);
    return new SqlPart(sql, hourParams(now));
  }

  private static Map<String, Object> hourParams(Instant now) {
    Instant soon = now.plus(SOON);
    Instant later = now.plus(LATER);
    Instant unused = now.minus(UNUSED);
    return new Conditions()
        .param("now", now)
        .param("nowHour", nextHour(now))
        .param("soon", soon)
        .param("soonHour", hour(soon))
        .param("later", later)
        .param("laterHour", hour(later))
        .param("unused", unused)
        .param("unusedHour", nextHour(unused))
        .params();
  }

  private static String hours(String facet, String from, String to) {
    return """
    coalesce(sum(t.credentials) filter (
      where t.facet = '%s' and t.hour >= %s and t.hour < %s), 0)
    """
        .formatted(facet, from, to);
  }

  private static String rows(String column, String from, String to) {
    return "(select count(*) from credential c where c.status in %s and c.%s >= %s and c.%s < %s)"
        .formatted(LIVE, column, from, column, to);
  }

  private static Instant nextHour(Instant time) {
    return hour(time).plus(1, ChronoUnit.HOURS);
  }

  private static Instant hour(Instant time) {
    return time.truncatedTo(ChronoUnit.HOURS);
  }

  private static String byStatus(String form) {
    return Arrays.stream(CredentialStatus.values())
        .map(status -> form.formatted(status, status))
        .collect(Collectors.joining(", "));
  }
}
