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
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** The gauges of the inventory: its size, the next expiry and the age of the observations. */
@Component
class InventoryMetrics {

  private final JdbcClient jdbc;
  private final Observations observations;
  private final Upstreams upstreams;
  private final MeterRegistry meters;
  private final Clock clock;
  private final LatestSample<Sample> latest = new LatestSample<>();

  InventoryMetrics(
      JdbcClient jdbc,
      Observations observations,
      Upstreams upstreams,
      MeterRegistry meters,
      Clock clock) {
    this.jdbc = jdbc;
    this.observations = observations;
    this.upstreams = upstreams;
    this.meters = meters;
    this.clock = clock;
    for (CredentialStatus status : CredentialStatus.values()) {
      registerCount(status);
    }
    for (Upstream upstream : upstreams.all()) {
      registerLag(upstream.name());
      registerNextExpiry(upstream.name(), "upstream", NextExpiries::byUpstream);
      registerNextExpiry(upstream.name(), "policy", NextExpiries::byPolicy);
    }
  }

  private void registerCount(CredentialStatus status) {
    gauge("rekey.credentials", sample -> sample.counts().getOrDefault(status.name(), 0L))
        .description("Credentials in the inventory")
        .tag("status", status.name())
        .register(meters);
  }

  private void registerLag(UpstreamName upstream) {
    gauge("rekey.refresh.lag", sample -> -secondsUntil(sample.oldestScans().get(upstream)))
        .description("Age of the oldest observation that should be up to date")
        .baseUnit("seconds")
        .tag("upstream", upstream.value())
        .register(meters);
  }

  private void registerNextExpiry(
      UpstreamName upstream, String by, Function<NextExpiries, @Nullable Instant> expiry) {
    gauge(
            "rekey.credential.next.expiry",
            sample ->
                secondsUntil(
                    expiry.apply(Objects.requireNonNull(sample.nextExpiries().get(upstream)))))
        .description("Time until the next credential expires, if it does within 30 days")
        .baseUnit("seconds")
        .tag("upstream", upstream.value())
        .tag("by", by)
        .register(meters);
  }

  private Gauge.Builder<?> gauge(String name, ToDoubleFunction<Sample> value) {
    return Gauge.builder(name, latest, last -> last.number(value));
  }

  private double secondsUntil(@Nullable Instant time) {
    return time == null ? Double.NaN : Duration.between(clock.instant(), time).toMillis() / 1000.0;
  }

  /**
   * One measurement.
   *
   * @param oldestScans upstreams that were never scanned are absent
   * @param nextExpiries contains every upstream
   * @param counts credentials by status; absent for zero
   */
  private record Sample(
      Map<UpstreamName, Instant> oldestScans,
      Map<UpstreamName, NextExpiries> nextExpiries,
      Map<String, Long> counts) {}

  /**
   * The next expiry of live credentials of one upstream; null if there is none soon.
   *
   * @param byUpstream expiry at the upstream, which locks out the users of the credential
   * @param byPolicy maximum age, after which the credential still works
   */
  private record NextExpiries(@Nullable Instant byUpstream, @Nullable Instant byPolicy) {}

  @Scheduled(fixedDelayString = "15s")
  void measure() {
    latest.take(this::sample);
  }

  private Sample sample() {
    var oldestScans = new HashMap<UpstreamName, Instant>();
    var nextExpiries = new HashMap<UpstreamName, NextExpiries>();
    for (Upstream upstream : upstreams.all()) {
      UpstreamName name = upstream.name();
      observations.oldestScan(name).ifPresent(time -> oldestScans.put(name, time));
      nextExpiries.put(name, nextExpiries(name));
    }
    return new Sample(oldestScans, nextExpiries, counts());
  }

  // Within 30 days only: no index separates expiries by the upstream from those by policy.
  private NextExpiries nextExpiries(UpstreamName upstream) {
    return jdbc.sql(
            """
            select min(expires_at), min(policy_expires_at) from credential
            where upstream = :upstream and status in ('ACTIVE', 'RETIRING')
              and ends_at > now() and ends_at < now() + interval '30 days'
            """)
        .param("upstream", upstream.value())
        .query(
            (row, _) ->
                new NextExpiries(SqlTime.nullableInstant(row, 1), SqlTime.nullableInstant(row, 2)))
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
