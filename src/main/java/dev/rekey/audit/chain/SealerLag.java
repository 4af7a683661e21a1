package dev.rekey.audit.chain;

import dev.rekey.platform.query.LatestSample;
import dev.rekey.platform.query.SqlTime;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
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
    last.take(() -> jdbc.execute(SealerLag::measure));
  }

  /** Empty if the database was restored from a dump and has no checkpoint. */
  private static Optional<Duration> measure(Connection pooled) throws SQLException {
    var connection = pooled.unwrap(BaseConnection.class);
    SealerState state = SealerState.read(connection);
    // Finding the unsealed events of a restored dump takes minutes.
    if (state.isRestored()) {
      return Optional.ofNullable(state.checkpointAt()).map(at -> Duration.between(at, state.now()));
    }
    Instant oldest = oldestUnsealed(connection, state);
    return Optional.of(oldest == null ? Duration.ZERO : Duration.between(oldest, state.now()));
  }

  private static @Nullable Instant oldestUnsealed(Connection connection, SealerState state)
      throws SQLException {
    try (var statement =
            connection.prepareStatement(
                "select e.occurred_at from (" + UnsealedQuery.of(state, 1) + ") e");
        var row = statement.executeQuery()) {
      return row.next() ? SqlTime.instant(row, "occurred_at") : null;
    }
  }
}
