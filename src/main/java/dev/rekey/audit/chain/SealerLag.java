package dev.rekey.audit.chain;

import dev.rekey.platform.query.LatestSample;
import dev.rekey.platform.query.SqlTime;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Measures how far sealing is behind, for all replicas together. Compares events with seals,
 * because the sealer's position may be wrong; then makes the sealer search all events.
 */
@Component
public class SealerLag {

  /** The number of events that a search reads for one sample. */
  private static final int PART = 50_000;

  /** How old the events are that every sample reads, and how far clocks may differ. */
  private static final Duration RECENT = Duration.ofMinutes(2);

  private static final String COMPARED =
      "select e.occurred_at, " + SealerSql.IS_UNSEALED + " as unsealed from audit_event e ";

  private static final String IN_ORDER =
      COMPARED
          + "where e.occurred_at > ? order by e.occurred_at fetch first "
          + PART
          + " rows with ties";

  /** Finds backfilled events, which no search meets soon. */
  private static final String LAST_RECORDED =
      COMPARED + "order by e.recorded_in desc, e.id desc limit 1000";

  private static final String IS_PASSED =
      """
      select exists (select from audit_event e, audit_sealer k
        where e.occurred_at = ? and %s and %s and %s)
      """
          .formatted(SealerSql.IS_UNSEALED, SealerSql.IS_OURS, SealerSql.HAS_PASSED);

  private final JdbcTemplate jdbc;
  private final LatestSample<Duration> last = new LatestSample<>();
  private final Search ofAll = new Search(_ -> Instant.EPOCH);
  private final Search ofRecent = new Search(now -> now.minus(RECENT));

  /** Since when all unsealed events are dated in the future; null if that is not so. */
  private @Nullable Instant futureSince;

  SealerLag(JdbcTemplate jdbc, MeterRegistry meters) {
    this.jdbc = jdbc;
    Gauge.builder("rekey.audit.sealer.lag", last, seen -> seen.number(lag -> lag.toMillis() / 1e3))
        .description("Age of the oldest unsealed event found; 0 if all are sealed")
        .baseUnit("seconds")
        .register(meters);
  }

  /** The age of the oldest unsealed event at the last sample; empty if that is not known. */
  public Optional<Duration> latest() {
    return last.get();
  }

  /** Events that were compared with the seals: their number, and the last and oldest unsealed. */
  private record Part(long events, @Nullable Instant last, @Nullable Instant unsealed) {

    private static Part of(ResultSet row) throws SQLException {
      row.next();
      return new Part(
          row.getLong("events"),
          SqlTime.nullableInstant(row, "last"),
          SqlTime.nullableInstant(row, "unsealed"));
    }
  }

  /** Goes through events by time again and again. Stays at one without a seal. */
  private static final class Search {

    private final UnaryOperator<Instant> start;
    private @Nullable Instant after;

    private Search(UnaryOperator<Instant> start) {
      this.start = start;
    }

    private Instant after(Instant now) {
      return after == null ? start.apply(now) : after;
    }

    private void advance(Part part, Instant now) {
      Instant unsealed = part.unsealed();
      boolean isSoonSealed = unsealed == null || unsealed.isAfter(now.minus(RECENT.dividedBy(2)));
      if (part.events() < PART && isSoonSealed) {
        after = null;
      } else {
        after = unsealed == null ? part.last() : unsealed.minus(1, ChronoUnit.MICROS);
      }
    }
  }

  /** Takes one sample. */
  @Scheduled(fixedDelayString = "15s")
  void sample() {
    last.take(this::measure);
  }

  private synchronized Duration measure() {
    Instant now = jdbc.query("select clock_timestamp() as now", SealerLag::now);
    Instant oldest = null;
    for (Part part : List.of(next(ofRecent, now), next(ofAll, now), part(LAST_RECORDED))) {
      Instant unsealed = part.unsealed();
      if (unsealed != null) {
        repair(unsealed);
        oldest = oldest == null || unsealed.isBefore(oldest) ? unsealed : oldest;
      }
    }
    if (oldest == null || oldest.isBefore(now.plus(RECENT))) {
      futureSince = null;
      return oldest == null || oldest.isAfter(now) ? Duration.ZERO : Duration.between(oldest, now);
    }
    futureSince = futureSince == null ? now : futureSince;
    return Duration.between(futureSince, now);
  }

  private static Instant now(ResultSet row) throws SQLException {
    row.next();
    return SqlTime.instant(row, "now");
  }

  private Part next(Search search, Instant now) {
    Part part = part(IN_ORDER, SqlTime.of(search.after(now)));
    search.advance(part, now);
    return part;
  }

  private Part part(String compared, Object... parameters) {
    return jdbc.query(
        "select count(*) as events, max(occurred_at) as last,"
            + " min(occurred_at) filter (where unsealed) as unsealed from (%s) e"
                .formatted(compared),
        Part::of,
        parameters);
  }

  /** Makes the sealer search all events if it has passed an unsealed one of this time. */
  private void repair(Instant unsealed) {
    if (Boolean.TRUE.equals(jdbc.queryForObject(IS_PASSED, Boolean.class, SqlTime.of(unsealed)))) {
      SealerState.distrust(jdbc);
    }
  }
}
