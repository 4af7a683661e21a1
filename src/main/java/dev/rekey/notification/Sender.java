package dev.rekey.notification;

import dev.rekey.upstream.http.RetryAfter;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.util.context.Context;

/**
 * Sends webhooks to one target over connections of its own: each call at most once, bounded in time
 * and in what is read of the answer, and to nowhere else, whatever the answer says.
 */
final class Sender {

  private static final String CONTENT_TYPE = "application/cloudevents+json; charset=UTF-8";
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration MAX_IDLE = Duration.ofSeconds(20);

  // The status says it all; the rest is read only so that the connection can be used again.
  private static final int MOST_READ = 16 * 1024;
  private static final Duration READ_FOR = Duration.ofSeconds(1);

  private final Target target;
  private final WebClient client;
  private final Clock clock;

  Sender(Target target, int connections, Clock clock) {
    this.target = target;
    // Not the builder that is observed: its traces would have the URL, which may hold a token.
    this.client =
        WebClient.builder()
            .clientConnector(new ReactorClientHttpConnector(netty(target, connections)))
            .defaultHeader(HttpHeaders.USER_AGENT, "Rekey")
            .build();
    this.clock = clock;
  }

  private static HttpClient netty(Target target, int connections) {
    var provider =
        ConnectionProvider.builder("webhooks-" + target.name())
            .maxConnections(connections)
            .maxIdleTime(MAX_IDLE)
            .evictInBackground(MAX_IDLE)
            .build();
    return HttpClient.create(provider)
        .option(
            io.netty.channel.ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECT_TIMEOUT.toMillis())
        .followRedirect(false)
        .disableRetry(true);
  }

  /** Never throws; what does not work is a failure. */
  Receipt send(Due due) {
    byte[] body = due.body().getBytes(StandardCharsets.UTF_8);
    long timestamp = clock.instant().getEpochSecond();
    return Objects.requireNonNull(
        client
            .post()
            .uri(target.url())
            .header(HttpHeaders.CONTENT_TYPE, CONTENT_TYPE)
            .header("webhook-id", due.event().toString())
            .header("webhook-timestamp", Long.toString(timestamp))
            .header("webhook-signature", target.keys().signature(due.event(), timestamp, body))
            .bodyValue(body)
            .exchangeToMono(response -> skip(response).thenReturn(receipt(response)))
            .timeout(target.timeout())
            .onErrorResume(thrown -> Mono.just(failure(thrown)))
            .contextWrite(Sender::quietOnceGivenUp)
            .block());
  }

  private static Mono<Void> skip(ClientResponse response) {
    return response
        .bodyToFlux(DataBuffer.class)
        .map(Sender::release)
        .scan(Integer::sum)
        .takeUntil(read -> read >= MOST_READ)
        .takeUntilOther(Mono.delay(READ_FOR))
        .onErrorComplete()
        .then();
  }

  private static int release(DataBuffer buffer) {
    int size = buffer.readableByteCount();
    DataBufferUtils.release(buffer);
    return size;
  }

  private static Receipt receipt(ClientResponse response) {
    HttpStatusCode status = response.statusCode();
    return status.is2xxSuccessful()
        ? new Receipt.Taken()
        : new Receipt.Failed("answered " + status.value(), pause(response));
  }

  private static Duration pause(ClientResponse response) {
    boolean mayAskForOne =
        response.statusCode().isSameCodeAs(HttpStatus.TOO_MANY_REQUESTS)
            || response.statusCode().isSameCodeAs(HttpStatus.SERVICE_UNAVAILABLE);
    return Optional.ofNullable(response.headers().asHttpHeaders().getFirst(HttpHeaders.RETRY_AFTER))
        .filter(_ -> mayAskForOne)
        .flatMap(RetryAfter::parse)
        .orElse(Duration.ZERO);
  }

  private Receipt failure(Throwable thrown) {
    return new Receipt.Failed(why(thrown), Duration.ZERO);
  }

  private String why(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case TimeoutException _ -> {
          return "no answer within " + target.timeout().toMillis() + " ms";
        }
        case UnknownHostException _ -> {
          return "its name cannot be resolved";
        }
        case SSLException _ -> {
          return "TLS failed";
        }
        case ConnectException _ -> {
          return "no connection";
        }
        default -> {}
      }
    }
    return "the connection broke";
  }

  // What still comes of a call that was given up is nobody's business any more; Reactor would log
  // it as an error.
  private static Context quietOnceGivenUp(Context context) {
    return context.put("reactor.onErrorDropped.local", (Consumer<Throwable>) _ -> {});
  }
}
