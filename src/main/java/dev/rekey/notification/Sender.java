package dev.rekey.notification;

import dev.rekey.notification.DeliveryLedger.ClaimedDelivery;
import dev.rekey.upstream.http.OutgoingHttp;
import dev.rekey.upstream.http.RetryAfter;
import io.netty.handler.proxy.ProxyConnectException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;

/** Sends webhooks to one target, each at most once; follows no redirects. */
final class Sender {

  private static final String CONTENT_TYPE = "application/cloudevents+json; charset=UTF-8";
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  // Only the status matters; the body is read so that the connection can be reused.
  private static final int MAX_BODY_BYTES = 16 * 1024;
  private static final Duration MAX_BODY_TIME = Duration.ofSeconds(1);

  private final Target target;
  private final WebClient client;
  private final Clock clock;

  Sender(Target target, int connections, OutgoingHttp http, Clock clock) {
    this.target = target;
    // Not Boot's builder, whose traces would contain the URL, which may contain a token.
    this.client =
        WebClient.builder()
            .clientConnector(
                new ReactorClientHttpConnector(
                    http.pooled(
                        "webhooks-" + target.name(), target.url(), connections, CONNECT_TIMEOUT)))
            .defaultHeader(HttpHeaders.USER_AGENT, "Rekey")
            .build();
    this.clock = clock;
  }

  /** The result of one try to deliver a webhook. */
  sealed interface SendResult {

    /** The receiver returned 2xx. */
    record Delivered() implements SendResult {}

    /** The reason has neither the URL nor the receiver's text; zero if it asked for no pause. */
    record Failed(String reason, Duration retryAfter) implements SendResult {}
  }

  /** Sends the webhook; never throws. */
  SendResult send(ClaimedDelivery claimed) {
    byte[] body = claimed.body().getBytes(StandardCharsets.UTF_8);
    long timestamp = clock.instant().getEpochSecond();
    return Objects.requireNonNull(
        client
            .post()
            .uri(target.url())
            .header(HttpHeaders.CONTENT_TYPE, CONTENT_TYPE)
            .header("webhook-id", claimed.eventId().toString())
            .header("webhook-timestamp", Long.toString(timestamp))
            .header(
                "webhook-signature", target.keys().signature(claimed.eventId(), timestamp, body))
            .bodyValue(body)
            .exchangeToMono(response -> discardBody(response).thenReturn(result(response)))
            .timeout(target.timeout())
            .onErrorResume(
                thrown -> Mono.just(new SendResult.Failed(reason(thrown), Duration.ZERO)))
            .contextWrite(OutgoingHttp::dropLateErrors)
            .block());
  }

  private static Mono<Void> discardBody(ClientResponse response) {
    return response
        .bodyToFlux(DataBuffer.class)
        .map(Sender::release)
        .scan(Integer::sum)
        .takeUntil(read -> read >= MAX_BODY_BYTES)
        .takeUntilOther(Mono.delay(MAX_BODY_TIME))
        .onErrorComplete()
        .then();
  }

  private static int release(DataBuffer buffer) {
    int size = buffer.readableByteCount();
    DataBufferUtils.release(buffer);
    return size;
  }

  private static SendResult result(ClientResponse response) {
    HttpStatusCode status = response.statusCode();
    String retryAfter = response.headers().asHttpHeaders().getFirst(HttpHeaders.RETRY_AFTER);
    return status.is2xxSuccessful()
        ? new SendResult.Delivered()
        : new SendResult.Failed(
            "status " + status.value(),
            status.value() == 429 || status.value() == 503
                ? RetryAfter.parse(retryAfter).orElse(Duration.ZERO)
                : Duration.ZERO);
  }

  private String reason(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      String reason =
          switch (cause) {
            case TimeoutException _ -> "no response within " + target.timeout().toMillis() + " ms";
            case UnknownHostException _ -> "host name not resolved";
            case SSLException _ -> "TLS failed";
            case ProxyConnectException _ -> "the outgoing proxy established no connection";
            case ConnectException _ -> "no connection";
            default -> null;
          };
      if (reason != null) {
        return reason;
      }
    }
    return "the connection broke";
  }
}
