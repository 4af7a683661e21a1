package dev.rekey.upstream.keycard;

import dev.rekey.platform.ClientRequestId;
import java.util.Optional;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import reactor.core.publisher.Mono;

/**
 * Forwards the {@code X-Client-Request-ID} of the request that a call serves, as Keycard wants it
 * from proxies. Background work has none.
 */
final class ClientRequestIds implements ExchangeFilterFunction {

  @Override
  public Mono<ClientResponse> filter(ClientRequest request, ExchangeFunction next) {
    return Mono.deferContextual(
        context -> {
          Optional<String> id = context.getOrEmpty(ClientRequestId.KEY);
          return next.exchange(id.map(known -> withId(request, known)).orElse(request));
        });
  }

  private static ClientRequest withId(ClientRequest request, String id) {
    return ClientRequest.from(request).header(ClientRequestId.HEADER, id).build();
  }
}
