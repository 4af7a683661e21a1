package dev.rekey.finding;

import dev.rekey.platform.query.LatestSample;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Measures how many findings are open. */
@Component
class FindingMetrics {

  private final JdbcClient jdbc;
  private final LatestSample<Map<FindingKind, Long>> latest = new LatestSample<>();

  FindingMetrics(JdbcClient jdbc, MeterRegistry meters) {
    this.jdbc = jdbc;
    for (FindingKind kind : FindingKind.values()) {
      Gauge.builder(
              "rekey.findings",
              latest,
              sample -> sample.number(counts -> counts.getOrDefault(kind, 0L)))
          .description("Open findings")
          .tag("kind", kind.text())
          .tag("severity", kind.severity().text())
          .register(meters);
    }
  }

  @Scheduled(fixedDelayString = "15s")
  void measure() {
    latest.take(this::sample);
  }

  private Map<FindingKind, Long> sample() {
    var counts = new EnumMap<FindingKind, Long>(FindingKind.class);
    jdbc.sql("select kind, count(*) from finding where state = 'open' group by kind")
        .query(
            row -> {
              counts.put(FindingKind.of(row.getString(1)), row.getLong(2));
            });
    return counts;
  }
}
