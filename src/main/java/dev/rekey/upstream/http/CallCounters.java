package dev.rekey.upstream.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import reactor.core.publisher.Mono;

/**
 * Counts the calls to one upstream's API with and without a response. The counters exist from the
 * start, so that an alert notices the first failures after a restart.
 */
final class CallCounters implements ExchangeFilterFunction {

  private final Counter responses;
  private final Counter failures;

  CallCounters(String upstream, MeterRegistry meters) {
    this.responses = counter(upstream, "response", meters);
    this.failures = counter(upstream, "none", meters);
  }

  private static Counter counter(String upstream, String outcome, MeterRegistry meters) {
    return Counter.builder("rekey.upstream.calls")
        .description("Calls to an upstream's API; none: there was no response")
        .tag("upstream", upstream)
        .tag("outcome", outcome)
        .register(meters);
  }

  // A call that takes too long is cancelled.
  @Override
  public Mono<ClientResponse> filter(ClientRequest request, ExchangeFunction next) {
    return next.exchange(request)
        .doOnNext(_ -> responses.increment())
        .doOnError(_ -> failures.increment())
        .doOnCancel(failures::increment);
  }
}
