package dev.rekey.audit.chain;

import dev.rekey.platform.query.LatestSample;
import dev.rekey.platform.query.SqlTime;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Measures how far sealing is behind, for all replicas together. */
@Component
class SealerLag {

  private final JdbcTemplate jdbc;
  private final LatestSample<Optional<Duration>> last = new LatestSample<>();

  SealerLag(JdbcTemplate jdbc, MeterRegistry meters) {
    this.jdbc = jdbc;
    Gauge.builder("rekey.audit.sealer.lag", last, seen -> seen.number(SealerLag::seconds))
        .description("Age of the oldest unsealed event; 0 if all events are sealed")
        .baseUnit("seconds")
        .register(meters);
  }

  private static double seconds(Optional<Duration> lag) {
    return lag.map(duration -> Math.max(0, duration.toMillis()) / 1000.0).orElse(Double.NaN);
  }

  /** Takes one sample. */
  @Scheduled(fixedDelayString = "15s")
  void sample() {
    last.take(this::measure);
  }

  /** Empty if the database was restored from a dump and has no checkpoint. */
  private Optional<Duration> measure() {
    SealerState state = SealerState.read(jdbc);
    // Finding the unsealed events of a restored dump takes minutes.
    Instant behind = state.isRestored() ? state.checkpointAt() : oldestUnsealed(state);
    return Optional.ofNullable(behind).map(at -> Duration.between(at, state.now()));
  }

  private Instant oldestUnsealed(SealerState state) {
    return jdbc.query(
        "select e.occurred_at from (" + state.unsealed(1) + ") e",
        row -> row.next() ? SqlTime.instant(row, "occurred_at") : state.now());
  }
}
