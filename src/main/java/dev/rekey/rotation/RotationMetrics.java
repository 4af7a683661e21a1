package dev.rekey.rotation;

import dev.rekey.platform.query.LatestSample;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.Upstream;
import dev.rekey.upstream.UpstreamName;
import dev.rekey.upstream.Upstreams;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Measures what this replica does for each upstream, and the unknown rotations of all replicas.
 * Every series exists from the start, so that no rate misses its first value.
 */
@Component
class RotationMetrics {

  /** The oldest are counted, up to this number. */
  private static final int MOST_UNKNOWN = 10_000;

  private final JdbcClient jdbc;
  private final Map<UpstreamName, UpstreamRotationMetrics> each;
  private final LatestSample<Unknown> unknown = new LatestSample<>();

  RotationMetrics(Upstreams upstreams, JdbcClient jdbc, MeterRegistry meters) {
    this.jdbc = jdbc;
    this.each =
        upstreams.all().stream()
            .map(Upstream::name)
            .collect(
                Collectors.toMap(
                    Function.identity(), name -> new UpstreamRotationMetrics(name, meters)));
    Gauge.builder("rekey.rotation.unknown", unknown, it -> it.number(Unknown::rotations))
        .description("Rotations of unknown outcome, 10000 at most")
        .register(meters);
    Gauge.builder("rekey.rotation.unknown.age", unknown, it -> it.number(Unknown::oldestSeconds))
        .description("How long the oldest of them has been unknown; 0 if there is none")
        .baseUnit("seconds")
        .register(meters);
  }

  private record Unknown(long rotations, double oldestSeconds) {}

  /** The metrics of the subject's upstream. */
  UpstreamRotationMetrics of(Subject subject) {
    return Objects.requireNonNull(each.get(subject.upstream()));
  }

  /** Counts the rotations of unknown outcome, once. */
  @Scheduled(fixedDelayString = "15s")
  void sampleUnknown() {
    unknown.take(
        () ->
            jdbc.sql(
                    """
                    select count(*) as rotations,
                      greatest(0, coalesce(extract(epoch from clock_timestamp() - min(closed_at)), 0))
                        ::double precision as oldest_seconds
                    from (select closed_at from rotation where state = 'UNKNOWN'
                      order by requested_at limit :most) u
                    """)
                .param("most", MOST_UNKNOWN)
                .query(Unknown.class)
                .single());
  }
}
