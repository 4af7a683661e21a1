package dev.rekey.audit.tail;

import dev.rekey.access.Caller;
import dev.rekey.platform.problem.ProblemType;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Component;

/** Limits how many streams are open at this replica, for each caller and for all. */
@Component
@EnableConfigurationProperties(StreamProperties.class)
class StreamPlaces {

  /** Each open stream costs a connection and its buffers. */
  static final int MAX = 1_000;

  private final int maxPerCaller;

  // Both fields are guarded by this.
  private final Map<String, Integer> open = new HashMap<>();
  private int total;

  StreamPlaces(StreamProperties properties, MeterRegistry meters) {
    this.maxPerCaller = properties.maxPerCaller();
    Gauge.builder("rekey.audit.streams.open", this, StreamPlaces::count)
        .description("Open streams of the history")
        .register(meters);
  }

  /** A place of one stream. Closing it gives it back. */
  interface Place extends AutoCloseable {

    @Override
    void close();
  }

  /** Takes a place. Throws a {@code too-many-streams} problem if there is none. */
  synchronized Place take(Caller caller) {
    String id = caller.id();
    if (open.getOrDefault(id, 0) >= maxPerCaller) {
      throw ProblemType.TOO_MANY_STREAMS.with(
          "You have " + maxPerCaller + " streams open at this replica. Close one of them first.");
    }
    if (total >= MAX) {
      throw ProblemType.TOO_MANY_STREAMS.with(
          "This replica has "
              + MAX
              + " streams open. Repeat the request later, or read /api/v1/audit-events/tail.");
    }
    open.merge(id, 1, Integer::sum);
    total++;
    return () -> giveBack(id);
  }

  private synchronized void giveBack(String caller) {
    open.computeIfPresent(caller, (_, streams) -> streams == 1 ? null : streams - 1);
    total--;
  }

  private synchronized int count() {
    return total;
  }
}
