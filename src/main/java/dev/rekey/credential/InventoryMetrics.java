package dev.rekey.credential;

import static java.util.Objects.requireNonNull;
import static java.util.function.Function.identity;
import static java.util.stream.Collectors.toMap;

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
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** The gauges of the inventory: its size, its expiries and the age of its observations. */
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
      gauge("rekey.credentials", sample -> sample.counts().getOrDefault(status.name(), 0L))
          .description("Credentials in the inventory")
          .tag("status", status.name())
          .register(meters);
    }
    for (Upstream upstream : upstreams.all()) {
      gauge("rekey.refresh.lag", upstream, times -> -secondsUntil(times.oldestScan()))
          .baseUnit("seconds")
          .description("Age of the oldest observation that should be up to date")
          .register(meters);
      gauge("rekey.credentials.overdue", upstream, Times::overdue)
          .description("Credentials that are still valid although their expiry has passed")
          .register(meters);
      registerNextExpiry(upstream, "upstream", times -> secondsUntil(times.expiry()));
      registerNextExpiry(upstream, "policy", times -> secondsUntil(times.policyExpiry()));
    }
  }

  private void registerNextExpiry(Upstream upstream, String by, ToDoubleFunction<Times> seconds) {
    gauge("rekey.credential.next.expiry", upstream, seconds)
        .baseUnit("seconds")
        .description("Time until the next credential expires, if it does within 30 days")
        .tag("by", by)
        .register(meters);
  }

  private Gauge.Builder<?> gauge(String name, Upstream upstream, ToDoubleFunction<Times> value) {
    UpstreamName key = upstream.name();
    return gauge(name, last -> value.applyAsDouble(requireNonNull(last.times().get(key))))
        .tag("upstream", key.value());
  }

  private Gauge.Builder<?> gauge(String name, ToDoubleFunction<Sample> value) {
    return Gauge.builder(name, latest, last -> last.number(value));
  }

  private double secondsUntil(@Nullable Instant time) {
    return time == null ? Double.NaN : Duration.between(clock.instant(), time).toMillis() / 1000.0;
  }

  /** One measurement of every upstream, and the credentials by status; absent for zero. */
  private record Sample(Map<UpstreamName, Times> times, Map<String, Long> counts) {}

  /**
   * Times of one upstream.
   *
   * @param oldestScan null if it was never scanned
   * @param expiry the next at the upstream, which locks out the users; null if there is none soon
   * @param policyExpiry the next maximum age, after which the credential still works; null likewise
   * @param overdue the number of valid credentials whose expiry has passed, as in the summary
   */
  private record Times(
      @Nullable Instant oldestScan,
      @Nullable Instant expiry,
      @Nullable Instant policyExpiry,
      long overdue) {}

  @Scheduled(fixedDelayString = "15s")
  void measure() {
    latest.take(this::sample);
  }

  private Sample sample() {
    return new Sample(
        upstreams.all().stream().map(Upstream::name).collect(toMap(identity(), this::times)),
        counts());
  }

  // Within 30 days only: no index separates expiries by the upstream from those by policy.
  private Times times(UpstreamName upstream) {
    Instant oldestScan = observations.oldestScan(upstream).orElse(null);
    return jdbc.sql(
            """
            select min(expires_at), min(policy_expires_at),
              (select count(*) from credential
                where upstream = :upstream and status in ('ACTIVE', 'RETIRING')
                  and ends_at < now())
            from credential
            where upstream = :upstream and status in ('ACTIVE', 'RETIRING')
              and ends_at > now() and ends_at < now() + interval '30 days'
            """)
        .param("upstream", upstream.value())
        .query(
            (row, _) ->
                new Times(
                    oldestScan,
                    SqlTime.nullableInstant(row, 1),
                    SqlTime.nullableInstant(row, 2),
                    row.getLong(3)))
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
