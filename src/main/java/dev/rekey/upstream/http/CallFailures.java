package dev.rekey.upstream.http;

import dev.rekey.upstream.Reply;
import dev.rekey.upstream.Reply.Flaw;
import dev.rekey.upstream.Reply.Loss;
import dev.rekey.upstream.Reply.Obstacle;
import io.netty.handler.proxy.ProxyConnectException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.codec.CodecException;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpRequest;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import tools.jackson.core.JacksonException;

/** Classifies failed calls. After a request was sent, the upstream may have acted. */
final class CallFailures {

  private CallFailures() {}

  static <T> Reply<T> classify(RuntimeException failure, boolean wasSent) {
    if (failure instanceof WebClientResponseException error) {
      return error.getStatusCode().is2xxSuccessful() ? unusable(failure) : errorStatus(error);
    }
    // Without TLS, Netty accepts a request before the proxy has connected, and then drops it.
    if (!wasSent
        || has(failure, BearerTokens.NoTokenException.class)
        || has(failure, ProxyConnectException.class)) {
      return new Reply.NotSent<>(obstacle(failure));
    }
    if (has(failure, DataBufferLimitException.class) || has(failure, CodecException.class)) {
      return unusable(failure);
    }
    return new Reply.Lost<>(has(failure, TimeoutException.class) ? Loss.TIMED_OUT : Loss.BROKEN);
  }

  private static <T> Reply<T> unusable(RuntimeException failure) {
    return new Reply.Unusable<>(
        has(failure, DataBufferLimitException.class) ? Flaw.OVERSIZED : Flaw.UNPARSABLE);
  }

  private static Obstacle obstacle(RuntimeException failure) {
    if (has(failure, BearerTokens.NoTokenException.class)) {
      return Obstacle.NO_TOKEN;
    }
    if (has(failure, UnknownHostException.class)) {
      return Obstacle.NAME_NOT_RESOLVED;
    }
    if (has(failure, ProxyConnectException.class)) {
      return Obstacle.PROXY_FAILED;
    }
    return has(failure, SSLException.class) ? Obstacle.TLS_FAILED : Obstacle.NOT_CONNECTED;
  }

  // A proxy that does not reach the upstream returns 404 too, which must not count as "deleted".
  // The error bodies of both upstreams have a code.
  private static <T> Reply<T> errorStatus(WebClientResponseException error) {
    int status = error.getStatusCode().value();
    ErrorBody body = body(error.getResponseBodyAsString());
    return status == 404 && body.code() == null
        ? new Reply.NotSent<>(Obstacle.INTERCEPTED)
        : new Reply.ErrorStatus<>(
            status,
            RefusalText.of(body.text(), idsOfRequest(error.getRequest())),
            retryAfter(error.getHeaders()));
  }

  // The paths of requests contain no secrets.
  private static Set<String> idsOfRequest(@Nullable HttpRequest request) {
    return request == null
        ? Set.of()
        : Arrays.stream(request.getURI().getPath().split("/", -1)).collect(Collectors.toSet());
  }

  private static @Nullable String retryAfter(HttpHeaders headers) {
    String header = headers.getFirst(HttpHeaders.RETRY_AFTER);
    return RetryAfter.parse(header).isPresent() ? header : null;
  }

  private static ErrorBody body(String text) {
    try {
      ErrorBody body = LenientJson.MAPPER.readValue(text, ErrorBody.class);
      return body == null ? ErrorBody.NONE : body;
    } catch (JacksonException e) {
      return ErrorBody.NONE;
    }
  }

  private static boolean has(Throwable failure, Class<? extends Throwable> type) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }

  /** The error fields of both upstreams; {@code code} is null if the body is not theirs. */
  private record ErrorBody(
      @Nullable Object code,
      @Nullable String message,
      @Nullable String error,
      @Nullable String error_description) {

    static final ErrorBody NONE = new ErrorBody(null, null, null, null);

    /** The message; empty if there is none. */
    String text() {
      String text =
          message != null ? message : error_description != null ? error_description : error;
      return text == null ? "" : text;
    }
  }
}
