package dev.rekey.upstream.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ConnectTimeoutException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.security.cert.CertPathBuilderException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.web.reactive.function.client.WebClientRequestException;

class TokenFailuresTest {

  @Test
  void kindIsTheWellKnownOneInTheChain() {
    var untrusted = new SSLHandshakeException("canary");
    untrusted.initCause(new CertPathBuilderException("canary"));

    assertThat(TokenFailures.kindOf(request(untrusted))).isEqualTo("SSLHandshakeException");
    assertThat(TokenFailures.kindOf(request(new ConnectTimeoutException("canary"))))
        .isEqualTo("ConnectTimeoutException");
    assertThat(TokenFailures.kindOf(request(new ConnectException("canary") {})))
        .isEqualTo("ConnectException");
    assertThat(TokenFailures.kindOf(new TimeoutException("canary"))).isEqualTo("TimeoutException");
  }

  @Test
  void otherwiseItIsTheRootCause() {
    assertThat(TokenFailures.kindOf(request(new IOException("canary")))).isEqualTo("IOException");
    assertThat(
            TokenFailures.kindOf(
                new IllegalStateException(new IOException(new ClassNotFoundException("canary")))))
        .isEqualTo("ClassNotFoundException");
  }

  private static WebClientRequestException request(Throwable cause) {
    return new WebClientRequestException(
        cause, HttpMethod.POST, URI.create("https://login.example.com"), HttpHeaders.EMPTY);
  }
}
