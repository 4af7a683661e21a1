package dev.rekey.upstream.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.upstream.Reply;
import dev.rekey.upstream.Reply.Flaw;
import dev.rekey.upstream.Reply.Loss;
import dev.rekey.upstream.Reply.Obstacle;
import io.netty.handler.proxy.ProxyConnectException;
import java.net.UnknownHostException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.codec.DecodingException;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.function.client.WebClientResponseException;

class CallFailuresTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "default backend - 404",
        "<html><body>404 Not Found</body></html>",
        "null",
        "[]",
        "\"not found\"",
        "{\"message\":\"no Route matched with those values\"}",
        "{\"timestamp\":1,\"status\":404,\"error\":\"Not Found\",\"path\":\"/\"}"
      })
  void a404WithoutErrorCodeMeansNotSent(String body) {
    assertThat(CallFailures.<Object>classify(notFound(body), true))
        .isEqualTo(new Reply.NotSent<>(Obstacle.INTERCEPTED));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"code\":5,\"message\":\"no such thing\",\"details\":[]}",
        "{\"message\":\"no such thing\",\"code\":\"not_found\",\"status\":404}"
      })
  void a404WithErrorCodeIsAnErrorStatus(String body) {
    assertThat(CallFailures.<Object>classify(notFound(body), true))
        .isEqualTo(new Reply.ErrorStatus<>(404, "no such thing", null));
  }

  private static WebClientResponseException notFound(String body) {
    return WebClientResponseException.create(
        404, "Not Found", HttpHeaders.EMPTY, body.getBytes(UTF_8), UTF_8);
  }

  @Test
  void nothingThatFailsBeforeSendingIsAnUnknownOutcome() {
    assertThat(notSent(new IllegalStateException(new UnknownHostException())))
        .isEqualTo(new Reply.NotSent<>(Obstacle.NAME_NOT_RESOLVED));
    assertThat(notSent(new IllegalStateException(new SSLException("no trust"))))
        .isEqualTo(new Reply.NotSent<>(Obstacle.TLS_FAILED));
    assertThat(notSent(new IllegalStateException(new TimeoutException())))
        .isEqualTo(new Reply.NotSent<>(Obstacle.NOT_CONNECTED));
  }

  @Test
  void failuresAfterSendingAreUnknownOutcomes() {
    assertThat(sent(new IllegalStateException(new TimeoutException())))
        .isEqualTo(new Reply.Lost<>(Loss.TIMED_OUT));
    assertThat(sent(new IllegalStateException(new SSLException("closed"))))
        .isEqualTo(new Reply.Lost<>(Loss.BROKEN));
    assertThat(sent(new DecodingException("not JSON")))
        .isEqualTo(new Reply.Unusable<>(Flaw.UNPARSABLE));
    assertThat(sent(new DecodingException("too large", new DataBufferLimitException("1 MB"))))
        .isEqualTo(new Reply.Unusable<>(Flaw.OVERSIZED));
  }

  @Test
  void aMissingTokenMeansNotSentEvenIfTheCallWasSentBefore() {
    assertThat(sent(new BearerTokens.NoTokenException("stub", "localhost", "invalid_client")))
        .isEqualTo(new Reply.NotSent<>(Obstacle.NO_TOKEN));
  }

  @Test
  void aProxyThatRefusesMeansNotSent() {
    assertThat(sent(new IllegalStateException(new ProxyConnectException("status: 403"))))
        .isEqualTo(new Reply.NotSent<>(Obstacle.PROXY_FAILED));
  }

  private static Reply<Object> sent(RuntimeException failure) {
    return CallFailures.classify(failure, true);
  }

  private static Reply<Object> notSent(RuntimeException failure) {
    return CallFailures.classify(failure, false);
  }
}
