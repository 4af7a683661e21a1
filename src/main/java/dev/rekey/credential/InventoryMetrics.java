package dev.rekey.credential;

import dev.rekey.platform.LastLook;
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
import java.util.function.Function;
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
      nextEnd(name, "upstream", Seen::nextEnds, meters);
      nextEnd(name, "policy", Seen::nextPolicyEnds, meters);
    }
  }

  private void nextEnd(
      UpstreamName name,
      String by,
      Function<Seen, Map<UpstreamName, Instant>> ends,
      MeterRegistry meters) {
    Gauge.builder(
            "rekey.credential.next.expiry",
            last,
            look -> look.number(seen -> seconds(ends.apply(seen).get(name), 1)))
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
   * @param nextEnds when the credential ends that its upstream ends next, which locks out whoever
   *     uses it; none if none ends soon
   * @param nextPolicyEnds when the credential ends that only Rekey's policy ends next, and which
   *     works on; none if none ends soon
   * @param counts how many credentials there are, by status; none if none has it
   */
  private record Seen(
      Map<UpstreamName, Instant> stalest,
      Map<UpstreamName, Instant> nextEnds,
      Map<UpstreamName, Instant> nextPolicyEnds,
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
          var nextPolicyEnds = new HashMap<UpstreamName, Instant>();
          for (Upstream upstream : upstreams.all()) {
            UpstreamName name = upstream.name();
            passes.stalest(name).ifPresent(time -> stalest.put(name, time));
            findNextEnds(name, nextEnds, nextPolicyEnds);
          }
          return new Seen(stalest, nextEnds, nextPolicyEnds, counts());
        });
  }

  // Not of those that end much later: no index tells ends by an upstream from ends by policy.
  private void findNextEnds(
      UpstreamName upstream,
      Map<UpstreamName, Instant> ends,
      Map<UpstreamName, Instant> policyEnds) {
    jdbc.sql(
            """
            select min(expires_at), min(policy_expires_at) from credential
            where upstream = :upstream and status in ('ACTIVE', 'RETIRING')
              and ends_at > now() and ends_at < now() + interval '30 days'
            """)
        .param("upstream", upstream.value())
        .query(
            row -> {
              put(ends, upstream, row.getObject(1, OffsetDateTime.class));
              put(policyEnds, upstream, row.getObject(2, OffsetDateTime.class));
            });
  }

  private static void put(
      Map<UpstreamName, Instant> ends, UpstreamName upstream, @Nullable OffsetDateTime end) {
    if (end != null) {
      ends.put(upstream, end.toInstant());
    }
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
