package dev.rekey.credential;

import dev.rekey.platform.LastLook;
import dev.rekey.platform.SqlTime;
import dev.rekey.upstream.Upstream;
import dev.rekey.upstream.UpstreamName;
import dev.rekey.upstream.Upstreams;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
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
  private final LastLook<Seen> last = new LastLook<>();

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
    for (CredentialStatus status : CredentialStatus.values()) {
      Gauge.builder(
              "rekey.credentials",
              last,
              look -> look.number(seen -> seen.counts().getOrDefault(status.name(), 0L)))
          .description("Credentials in the inventory")
          .tag("status", status.name())
          .register(meters);
    }
    for (Upstream upstream : upstreams.all()) {
      UpstreamName name = upstream.name();
      Gauge.builder(
              "rekey.refresh.lag",
              last,
              look -> look.number(seen -> seconds(seen.stalest().get(name), -1)))
          .description("How old the oldest knowledge of anything is that is to be kept true")
          .baseUnit("seconds")
          .tag("upstream", name.value())
          .register(meters);
      Gauge.builder(
              "rekey.credential.next.expiry",
              last,
              look -> look.number(seen -> seconds(seen.nextEnds().get(name), 1)))
          .description("How long the credential that ends next has left; NaN if none ends")
          .baseUnit("seconds")
          .tag("upstream", name.value())
          .register(meters);
    }
  }

  /**
   * What one look sees.
   *
   * @param stalest since when something is to be looked at again, by upstream; none if nothing is
   * @param nextEnds when the credential ends that ends next, by upstream; none if none ends
   * @param counts how many credentials there are, by status; none if none has it
   */
  private record Seen(
      Map<UpstreamName, Instant> stalest,
      Map<UpstreamName, Instant> nextEnds,
      Map<String, Long> counts) {}

  private double seconds(@Nullable Instant time, int sign) {
    return time == null
        ? Double.NaN
        : sign * Duration.between(clock.instant(), time).toMillis() / 1000.0;
  }

  /** Looks once. */
  void look() {
    last.look(
        () -> {
          var stalest = new HashMap<UpstreamName, Instant>();
          var nextEnds = new HashMap<UpstreamName, Instant>();
          for (Upstream upstream : upstreams.all()) {
            UpstreamName name = upstream.name();
            passes.stalest(name).ifPresent(time -> stalest.put(name, time));
            nextEnd(name).ifPresent(time -> nextEnds.put(name, time));
          }
          return new Seen(stalest, nextEnds, counts());
        });
  }

  private Optional<Instant> nextEnd(UpstreamName upstream) {
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
        .single();
  }

  private Map<String, Long> counts() {
    var counts = new HashMap<String, Long>();
    jdbc.sql(
            """
            select facet, sum(credentials) from (
              select facet, hour, credentials from credential_tally
              union all select facet, hour, credentials from credential_tally_change) t
            where hour = '-infinity' group by facet
            """)
        .query(
            row -> {
              counts.put(row.getString(1), row.getLong(2));
            });
    return counts;
  }
}
