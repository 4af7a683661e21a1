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
import tools.jackson.databind.json.JsonMapper;

/**
 * Tells from a failed call what is known of it. A request that was handed to a connection may have
 * acted, whatever went wrong then.
 */
final class Evidence {

  private static final JsonMapper JSON = LenientJson.MAPPER;
  private static final int MAX_MESSAGE = 300;
  private static final Pattern SECRETS =
      Pattern.compile(
          "(?i)secret-token:\\S+|bearer\\s+\\S+|eyJ[\\w.-]{10,}"
              + "|(client_?secret|client_assertion|access_?token|password)[\"']?\\s*[=:]\\s*\\S+");

  private Evidence() {}

  static <T> Reply<T> of(RuntimeException failure, boolean wasSent) {
    if (failure instanceof WebClientResponseException answered) {
      return answered.getStatusCode().is2xxSuccessful()
          ? new Reply.Unusable<>(flaw(answered))
          : errorStatus(answered);
    }
    if (!wasSent || has(failure, BearerTokens.NoTokenException.class)) {
      return new Reply.NotSent<>(obstacle(failure));
    }
    if (has(failure, DataBufferLimitException.class)) {
      return new Reply.Unusable<>(Flaw.OVERSIZED);
    }
    if (has(failure, CodecException.class)) {
      return new Reply.Unusable<>(Flaw.UNPARSABLE);
    }
    return new Reply.Lost<>(has(failure, TimeoutException.class) ? Loss.TIMED_OUT : Loss.BROKEN);
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

  private static Flaw flaw(WebClientResponseException answered) {
    return has(answered, DataBufferLimitException.class) ? Flaw.OVERSIZED : Flaw.UNPARSABLE;
  }

  // A proxy that does not reach the upstream says 404 too, and would end all that is read or
  // deleted through it. Both upstreams' own errors have a code in their body.
  private static <T> Reply<T> errorStatus(WebClientResponseException answered) {
    int status = answered.getStatusCode().value();
    ErrorBody body = body(answered.getResponseBodyAsString());
    return status == 404 && body.code() == null
        ? new Reply.NotSent<>(Obstacle.INTERCEPTED)
        : new Reply.ErrorStatus<>(status, body.text(), retryAfter(answered.getHeaders()));
  }

  private static @Nullable String retryAfter(HttpHeaders headers) {
    String header = headers.getFirst(HttpHeaders.RETRY_AFTER);
    return RetryAfter.parse(header).isPresent() ? header : null;
  }

  private static ErrorBody body(String text) {
    try {
      ErrorBody body = JSON.readValue(text, ErrorBody.class);
      return body == null ? ErrorBody.NONE : body;
    } catch (JacksonException e) {
      return ErrorBody.NONE;
    }
  }

  /** Without anything that looks like a secret or a control character, and not too long. */
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

  /**
   * What both upstreams' errors have in common: google.rpc.Status, and Keycard's error object.
   *
   * @param code a number of gRPC's, or a word
   */
  private record ErrorBody(
      @Nullable Object code,
      @Nullable String message,
      @Nullable String error,
      @Nullable String error_description) {

    static final ErrorBody NONE = new ErrorBody(null, null, null, null);

    /** Scrubbed; empty if there is none. */
    String text() {
      String text =
          message != null ? message : error_description != null ? error_description : error;
      return text == null ? "" : scrub(text);
    }
  }
}
