package dev.rekey.upstream.http;

import dev.rekey.upstream.Reply;
import dev.rekey.upstream.Reply.Flaw;
import dev.rekey.upstream.Reply.Loss;
import dev.rekey.upstream.Reply.Obstacle;
import java.net.UnknownHostException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.codec.CodecException;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import tools.jackson.core.JacksonException;

/** Classifies failed calls. After a request was sent, the upstream may have acted. */
final class CallFailures {

  private static final int MAX_MESSAGE = 300;
  private static final Pattern SECRETS =
      Pattern.compile(
          "(?i)secret-token:\\S+|bearer\\s+\\S+|eyJ[\\w.-]{10,}"
              + "|(client_?secret|client_assertion|access_?token|password)[\"']?\\s*[=:]\\s*\\S+");

  private CallFailures() {}

  static <T> Reply<T> classify(RuntimeException failure, boolean wasSent) {
    if (failure instanceof WebClientResponseException error) {
      return error.getStatusCode().is2xxSuccessful() ? unusable(failure) : errorStatus(error);
    }
    if (!wasSent || has(failure, BearerTokens.NoTokenException.class)) {
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
    return has(failure, SSLException.class) ? Obstacle.TLS_FAILED : Obstacle.NOT_CONNECTED;
  }

  // A proxy that does not reach the upstream returns 404 too, which must not count as "deleted".
  // The error bodies of both upstreams have a code.
  private static <T> Reply<T> errorStatus(WebClientResponseException error) {
    int status = error.getStatusCode().value();
    ErrorBody body = body(error.getResponseBodyAsString());
    return status == 404 && body.code() == null
        ? new Reply.NotSent<>(Obstacle.INTERCEPTED)
        : new Reply.ErrorStatus<>(status, body.text(), retryAfter(error.getHeaders()));
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

  /** Removes text that looks like a secret, and control characters; cuts to 300 characters. */
  static String scrub(String message) {
    String clean =
        SECRETS.matcher(message).replaceAll("<redacted>").replaceAll("\\p{Cntrl}+", " ").strip();
    return clean.length() <= MAX_MESSAGE ? clean : clean.substring(0, MAX_MESSAGE);
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

    /** The message, scrubbed; empty if there is none. */
    String text() {
      String text =
          message != null ? message : error_description != null ? error_description : error;
      return text == null ? "" : scrub(text);
    }
  }
}
