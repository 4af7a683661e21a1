package dev.rekey.credential;

import dev.rekey.platform.SqlTime;
import dev.rekey.upstream.Upstream;
import dev.rekey.upstream.UpstreamName;
import dev.rekey.upstream.Upstreams;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Measures the inventory: how much there is, what ends next, and how old the knowledge is. */
@Component
class InventoryMetrics {

  private final JdbcClient jdbc;
  private final RefreshPasses passes;
  private final Upstreams upstreams;
  private final Clock clock;
  private final MultiGauge counts;
  private final Map<UpstreamName, Instant> stalest = new ConcurrentHashMap<>();
  private final Map<UpstreamName, Instant> nextEnds = new ConcurrentHashMap<>();

  InventoryMetrics(
      JdbcClient jdbc,
      RefreshPasses passes,
      Upstreams upstreams,
      MeterRegistry meters,
      Clock clock) {
    this.jdbc = jdbc;
    this.passes = passes;
    this.upstreams = upstreams;
    this.clock = clock;
    this.counts =
        MultiGauge.builder("rekey.credentials")
            .description("Credentials in the inventory")
            .register(meters);
    for (Upstream upstream : upstreams.all()) {
      UpstreamName name = upstream.name();
      Gauge.builder("rekey.refresh.lag", () -> seconds(stalest.get(name), -1))
          .description("How old the oldest knowledge of anything is that is to be kept true")
          .baseUnit("seconds")
          .tag("upstream", name.value())
          .register(meters);
      Gauge.builder("rekey.credential.next.expiry", () -> seconds(nextEnds.get(name), 1))
          .description("How long the credential that ends next has left; NaN if none ends")
          .baseUnit("seconds")
          .tag("upstream", name.value())
          .register(meters);
    }
  }

  // Worked out when it is asked for, so that it grows even if the database is away.
  private double seconds(@Nullable Instant time, int sign) {
    return time == null
        ? Double.NaN
        : sign * Duration.between(clock.instant(), time).toMillis() / 1000.0;
  }

  /** Looks once. */
  void look() {
    for (Upstream upstream : upstreams.all()) {
      UpstreamName name = upstream.name();
      put(stalest, name, passes.stalest(name).orElse(null));
      put(nextEnds, name, nextEnd(name));
    }
    counts.register(counts(), true);
  }

  private static void put(
      Map<UpstreamName, Instant> times, UpstreamName name, @Nullable Instant time) {
    if (time == null) {
      times.remove(name);
    } else {
      times.put(name, time);
    }
  }

  private @Nullable Instant nextEnd(UpstreamName upstream) {
    return jdbc.sql(
            """
            select least(
              (select min(ends_at) from credential
               where upstream = :upstream and status = 'ACTIVE' and ends_at > now()),
              (select min(ends_at) from credential
               where upstream = :upstream and status = 'RETIRING' and ends_at > now()))
            """)
        .param("upstream", upstream.value())
        .query(
            (row, _) ->
                Optional.ofNullable(SqlTime.instant(row.getObject(1, OffsetDateTime.class))))
        .single()
        .orElse(null);
  }

  private List<Row<?>> counts() {
    return jdbc.sql(
            """
            select facet, sum(credentials) from (
              select facet, hour, credentials from credential_tally
              union all select facet, hour, credentials from credential_tally_change) t
            where hour = '-infinity' group by facet
            """)
        .<Row<?>>query((row, _) -> Row.of(Tags.of("status", row.getString(1)), row.getLong(2)))
        .list();
  }
}
