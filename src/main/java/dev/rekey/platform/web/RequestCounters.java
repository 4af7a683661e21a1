package dev.rekey.platform.web;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.stereotype.Component;

/**
 * Counts the callers' requests by the class of their status. Unlike Spring Boot's metric these
 * counters exist from the start, so that an alert notices the first failures after a restart.
 */
@Component
final class RequestCounters implements ObservationHandler<ServerRequestObservationContext> {

  private static final List<String> CLASSES = List.of("2xx", "3xx", "4xx", "5xx");

  private final Map<String, Counter> counters;

  RequestCounters(MeterRegistry meters) {
    this.counters =
        CLASSES.stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    Function.identity(),
                    status ->
                        Counter.builder("rekey.http.requests")
                            .description("Requests of callers, by the class of their status")
                            .tag("status", status)
                            .register(meters)));
  }

  @Override
  public boolean supportsContext(Observation.Context context) {
    return context instanceof ServerRequestObservationContext;
  }

  /** Does not count probes and scrapes. */
  @Override
  public void onStop(ServerRequestObservationContext context) {
    HttpServletResponse response = context.getResponse();
    if (response != null && !String.valueOf(context.getPathPattern()).startsWith("/actuator")) {
      Counter counter = counters.get(response.getStatus() / 100 + "xx");
      if (counter != null) {
        counter.increment();
      }
    }
  }
}
