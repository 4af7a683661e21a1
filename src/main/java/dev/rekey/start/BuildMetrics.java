package dev.rekey.start;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.stereotype.Component;

/** The version as a metric, so that a dashboard shows a rollout. */
@Component
final class BuildMetrics {

  BuildMetrics(MeterRegistry meters) {
    Gauge.builder("rekey.build.info", () -> 1)
        .description("The version of this replica; always 1")
        .tag("version", Release.version())
        .register(meters);
  }
}
