package dev.rekey.audit.chain;

import dev.rekey.platform.query.LatestSample;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Measures how far the seals are behind the events, whichever replica it is that seals. */
@Component
class SealerLag {

  private final JdbcTemplate jdbc;
  private final LatestSample<Optional<Duration>> last = new LatestSample<>();

  SealerLag(JdbcTemplate jdbc, MeterRegistry meters) {
    this.jdbc = jdbc;
    Gauge.builder("rekey.audit.sealer.lag", last, seen -> seen.number(SealerLag::seconds))
        .description("How long ago the next event to be sealed happened; 0 if all are sealed")
        .baseUnit("seconds")
        .register(meters);
  }

  private static double seconds(Optional<Duration> lag) {
    return lag.map(duration -> Math.max(0, duration.toMillis()) / 1000.0).orElse(Double.NaN);
  }

  /** Observations once. */
  @Scheduled(fixedDelayString = "15s")
  void look() {
    last.look(() -> jdbc.execute(SealerLag::measure));
  }

  /** Empty if nothing was ever sealed in a database that is a copy of another one. */
  private static Optional<Duration> measure(Connection pooled) throws SQLException {
    var connection = pooled.unwrap(BaseConnection.class);
    SealerState state = SealerState.read(connection);
    // Looking for what has no seal in a restored dump takes the sealer minutes.
    if (state.isRestored()) {
      return Optional.ofNullable(state.checkpointAt()).map(at -> Duration.between(at, state.now()));
    }
    Instant oldest = oldestUnsealed(connection, state);
    return Optional.of(oldest == null ? Duration.ZERO : Duration.between(oldest, state.now()));
  }

  private static @Nullable Instant oldestUnsealed(Connection connection, SealerState state)
      throws SQLException {
    try (var statement =
            connection.prepareStatement("select e.occurred_at from (" + state.unsealed(1) + ") e");
        var row = statement.executeQuery()) {
      return row.next() ? row.getObject(1, OffsetDateTime.class).toInstant() : null;
    }
  }
}
