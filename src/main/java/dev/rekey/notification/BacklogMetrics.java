package dev.rekey.notification;

import dev.rekey.platform.query.LatestSample;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Measures the backlog of each target. All replicas report the same, as of their last sample. */
@Component
class BacklogMetrics {

  private final JdbcClient jdbc;
  private final List<String> targets;
  private final LatestSample<Map<String, Measure>> last = new LatestSample<>();

  BacklogMetrics(JdbcClient jdbc, Targets targets, MeterRegistry meters) {
    this.jdbc = jdbc;
    this.targets = targets.names();
    for (String target : this.targets) {
      gauge("rekey.webhooks.backlog", "Pending webhooks", null, target, Measure::pending, meters);
      gauge(
          "rekey.webhooks.backlog.age",
          "How long the oldest pending webhook has been pending",
          "seconds",
          target,
          Measure::oldest,
          meters);
      gauge("rekey.webhooks.dead", "Dead letters", null, target, Measure::dead, meters);
    }
  }

  private record Measure(String target, long pending, double oldest, long dead) {}

  private void gauge(
      String meter,
      String description,
      @Nullable String unit,
      String target,
      ToDoubleFunction<Measure> value,
      MeterRegistry meters) {
    Gauge.builder(
            meter,
            last,
            sample ->
                sample.number(
                    seen -> seen.containsKey(target) ? value.applyAsDouble(seen.get(target)) : 0))
        .description(description)
        .baseUnit(unit)
        .tag("target", target)
        .register(meters);
  }

  @Scheduled(fixedDelayString = "15s")
  void measure() {
    last.take(
        () ->
            jdbc
                .sql(
                    """
                    select target, count(*) filter (where state = 'PENDING') as pending,
                      coalesce(extract(epoch from
                        clock_timestamp() - min(queued_at) filter (where state = 'PENDING')), 0)
                        ::double precision as oldest,
                      count(*) filter (where state = 'DEAD') as dead
                    from webhook_delivery where target = any (:targets) and state in ('PENDING', 'DEAD')
                    group by target
                    """)
                .param("targets", targets.toArray(String[]::new))
                .query(Measure.class)
                .list()
                .stream()
                .collect(Collectors.toMap(Measure::target, Function.identity())));
  }
}
