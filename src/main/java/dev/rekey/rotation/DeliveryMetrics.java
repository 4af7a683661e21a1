package dev.rekey.rotation;

import dev.rekey.platform.query.LatestSample;
import dev.rekey.upstream.Upstream;
import dev.rekey.upstream.UpstreamName;
import dev.rekey.upstream.Upstreams;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Counts what this replica delivers, and the unfinished deliveries of all replicas. */
@Component
class DeliveryMetrics {

  private final JdbcClient jdbc;
  private final MeterRegistry meters;
  private final LatestSample<Map<String, Unfinished>> last = new LatestSample<>();

  DeliveryMetrics(JdbcClient jdbc, Upstreams upstreams, MeterRegistry meters) {
    this.jdbc = jdbc;
    this.meters = meters;
    upstreams.all().stream().map(Upstream::name).forEach(this::register);
  }

  private record Unfinished(String upstream, long outstanding, double oldest, long parked) {}

  private enum Outcome {
    delivered,
    failed,
    lost,
    parked
  }

  private void register(UpstreamName upstream) {
    gauge(
        "rekey.delivery.outstanding",
        "Secrets that are not in their target yet, or whose workloads are not restarted yet",
        null,
        upstream,
        Unfinished::outstanding);
    gauge(
        "rekey.delivery.oldest",
        "How long the oldest of them has been outstanding; 0 if there is none",
        "seconds",
        upstream,
        Unfinished::oldest);
    gauge(
        "rekey.delivery.parked",
        "Targets that may hold a pair that does not work: the delivery was given up, or the"
            + " credential has ended",
        null,
        upstream,
        Unfinished::parked);
    for (Outcome outcome : Outcome.values()) {
      counter(upstream, outcome);
    }
  }

  private void gauge(
      String name,
      String description,
      @Nullable String unit,
      UpstreamName upstream,
      ToDoubleFunction<Unfinished> value) {
    Gauge.builder(
            name,
            last,
            sample ->
                sample.number(
                    all ->
                        all.containsKey(upstream.value())
                            ? value.applyAsDouble(all.get(upstream.value()))
                            : 0))
        .description(description)
        .baseUnit(unit)
        .tag("upstream", upstream.value())
        .register(meters);
  }

  private Counter counter(UpstreamName upstream, Outcome outcome) {
    return Counter.builder("rekey.delivery.attempts")
        .description("Tries to deliver a secret, and secrets that were lost or given up")
        .tag("upstream", upstream.value())
        .tag("outcome", outcome.name())
        .register(meters);
  }

  void delivered(UpstreamName upstream) {
    counter(upstream, Outcome.delivered).increment();
  }

  void failed(UpstreamName upstream) {
    counter(upstream, Outcome.failed).increment();
  }

  void lost(UpstreamName upstream) {
    counter(upstream, Outcome.lost).increment();
  }

  void parked(UpstreamName upstream) {
    counter(upstream, Outcome.parked).increment();
  }

  /** Counts unfinished deliveries, once. */
  @Scheduled(fixedDelayString = "15s")
  void sample() {
    last.take(
        () ->
            jdbc
                .sql(
                    """
                    select r.upstream,
                      count(*) filter (where d.next_try_at is not null) as outstanding,
                      greatest(0, coalesce(extract(epoch from clock_timestamp()
                        - min(d.reserved_at) filter (where d.next_try_at is not null)), 0))
                        ::double precision as oldest,
                      count(*) filter (where d.state = 'PARKED'
                        or (d.state = 'DELIVERED' and c.status <> 'ACTIVE')) as parked
                    from secret_delivery d join rotation r on r.id = d.rotation_id
                      left join credential c on c.id = r.credential_id
                    where d.state <> 'SUPERSEDED'
                    group by r.upstream
                    """)
                .query(Unfinished.class)
                .list()
                .stream()
                .collect(Collectors.toMap(Unfinished::upstream, Function.identity())));
  }
}
