package dev.rekey.credential;

import dev.rekey.platform.query.LatestSample;
import dev.rekey.platform.query.SqlTime;
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
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Measures the inventory: how much there is, what ends next, and how old the knowledge is. */
@Component
public class InventoryMetrics {

  private final JdbcClient jdbc;
  private final Observations looks;
  private final Upstreams upstreams;
  private final Clock clock;
  private final LatestSample<Seen> last = new LatestSample<>();

  InventoryMetrics(
      JdbcClient jdbc, Observations looks, Upstreams upstreams, MeterRegistry meters, Clock clock) {
    this.jdbc = jdbc;
    this.looks = looks;
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
      nextEnd(name, "upstream", NextEnds::byUpstream, meters);
      nextEnd(name, "policy", NextEnds::byPolicy, meters);
    }
  }

  private void nextEnd(
      UpstreamName name,
      String by,
      Function<NextEnds, @Nullable Instant> end,
      MeterRegistry meters) {
    Gauge.builder(
            "rekey.credential.next.expiry",
            last,
            look ->
                look.number(
                    seen ->
                        seconds(end.apply(Objects.requireNonNull(seen.nextEnds().get(name))), 1)))
        .description(
            "How long the credential that ends next has left, of those that do within 30 d")
        .baseUnit("seconds")
        .tag("upstream", name.value())
        .tag("by", by)
        .register(meters);
  }

  /**
   * What one look sees.
   *
   * @param stalest since when something is to be looked at again, by upstream; none if nothing is
   * @param nextEnds by upstream, all of them
   * @param counts how many credentials there are, by status; none if none has it
   */
  private record Seen(
      Map<UpstreamName, Instant> stalest,
      Map<UpstreamName, NextEnds> nextEnds,
      Map<String, Long> counts) {}

  /**
   * When the credentials of an upstream end that end next; null if none ends soon.
   *
   * @param byUpstream of those that it ends itself, which locks out whoever uses them
   * @param byPolicy of those that only Rekey's policy ends, and which work on
   */
  private record NextEnds(@Nullable Instant byUpstream, @Nullable Instant byPolicy) {}

  private double seconds(@Nullable Instant time, int sign) {
    return time == null
        ? Double.NaN
        : sign * Duration.between(clock.instant(), time).toMillis() / 1000.0;
  }

  /** Observations once. */
  @Scheduled(fixedDelayString = "15s")
  public void look() {
    last.look(
        () -> {
          var stalest = new HashMap<UpstreamName, Instant>();
          var nextEnds = new HashMap<UpstreamName, NextEnds>();
          for (Upstream upstream : upstreams.all()) {
            UpstreamName name = upstream.name();
            looks.oldestScan(name).ifPresent(time -> stalest.put(name, time));
            nextEnds.put(name, findNextEnds(name));
          }
          return new Seen(stalest, nextEnds, counts());
        });
  }

  // Not of those that end much later: no index tells ends by an upstream from ends by policy.
  private NextEnds findNextEnds(UpstreamName upstream) {
    return jdbc.sql(
            """
            select min(expires_at), min(policy_expires_at) from credential
            where upstream = :upstream and status in ('ACTIVE', 'RETIRING')
              and ends_at > now() and ends_at < now() + interval '30 days'
            """)
        .param("upstream", upstream.value())
        .query(
            (row, _) ->
                new NextEnds(
                    SqlTime.instant(row.getObject(1, OffsetDateTime.class)),
                    SqlTime.instant(row.getObject(2, OffsetDateTime.class))))
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
