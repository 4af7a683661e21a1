package dev.rekey.rotation;

import dev.rekey.platform.query.LatestSample;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Measures what nobody knows the outcome of. All replicas say the same, as of their last look. */
@Component
class UnknownRotations {

  /** More are not counted; of these, the ones that were asked for first are looked at. */
  private static final int MOST = 10_000;

  private final JdbcClient jdbc;
  private final LatestSample<Seen> last = new LatestSample<>();

  UnknownRotations(JdbcClient jdbc, MeterRegistry meters) {
    this.jdbc = jdbc;
    Gauge.builder("rekey.rotation.unknown", last, look -> look.number(Seen::rotations))
        .description("Rotations whose outcome nobody knows, 10000 at most")
        .register(meters);
    Gauge.builder("rekey.rotation.unknown.age", last, look -> look.number(Seen::oldest))
        .description("For how long the oldest of them has been unknown; 0 if there is none")
        .baseUnit("seconds")
        .register(meters);
  }

  private record Seen(long rotations, double oldest) {}

  /** Observations once. */
  @Scheduled(fixedDelayString = "15s")
  void look() {
    last.look(
        () ->
            jdbc.sql(
                    """
                    select count(*) as rotations,
                      greatest(0, coalesce(extract(epoch from clock_timestamp() - min(closed_at)), 0))
                        ::double precision as oldest
                    from (select closed_at from rotation where state = 'UNKNOWN'
                      order by requested_at limit :most) u
                    """)
                .param("most", MOST)
                .query((row, _) -> new Seen(row.getLong("rotations"), row.getDouble("oldest")))
                .single());
  }
}
