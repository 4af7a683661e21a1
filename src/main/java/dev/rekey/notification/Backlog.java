package dev.rekey.notification;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Measures what waits for each target. All replicas say the same, each as of its last look. */
@Component
class Backlog {

  private final JdbcClient jdbc;
  private final List<OfTarget> each;

  Backlog(JdbcClient jdbc, Targets targets, MeterRegistry meters) {
    this.jdbc = jdbc;
    this.each = targets.all().stream().map(target -> new OfTarget(target, meters)).toList();
  }

  /** What the last look saw. */
  private record Measure(long pending, double oldest, long dead) {

    static final Measure NONE = new Measure(0, 0, 0);
  }

  private static final class OfTarget {

    private final String name;
    private final AtomicReference<Measure> last = new AtomicReference<>(Measure.NONE);

    OfTarget(Target target, MeterRegistry meters) {
      this.name = target.name();
      gauge("rekey.webhooks.backlog", "webhooks to be delivered", null, Measure::pending, meters);
      gauge(
          "rekey.webhooks.backlog.age",
          "how long ago the event happened that waits the longest",
          "seconds",
          Measure::oldest,
          meters);
      gauge("rekey.webhooks.dead", "dead letters", null, Measure::dead, meters);
    }

    private void gauge(
        String meter,
        String description,
        @Nullable String unit,
        ToDoubleFunction<Measure> value,
        MeterRegistry meters) {
      Gauge.builder(meter, last, measure -> value.applyAsDouble(measure.get()))
          .description(description)
          .baseUnit(unit)
          .tag("target", name)
          .register(meters);
    }
  }

  void measure() {
    each.forEach(target -> target.last.set(measure(target.name)));
  }

  private Measure measure(String target) {
    return jdbc.sql(
            """
            select count(*) filter (where state = 'PENDING') as pending,
              coalesce(extract(epoch from
                clock_timestamp() - min(created_at) filter (where state = 'PENDING')), 0)
                ::double precision as oldest,
              count(*) filter (where state = 'DEAD') as dead
            from webhook_delivery where target = :target and state in ('PENDING', 'DEAD')
            """)
        .param("target", target)
        .query(
            (row, _) ->
                new Measure(row.getLong("pending"), row.getDouble("oldest"), row.getLong("dead")))
        .single();
  }
}
