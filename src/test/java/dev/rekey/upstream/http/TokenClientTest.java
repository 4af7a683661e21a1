package dev.rekey.upstream.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.util.unit.DataSize;
import org.springframework.web.reactive.function.client.WebClient;

/** Token endpoint responses that the strict sandbox does not return. */
class TokenClientTest {

  private final AtomicInteger fetched = new AtomicInteger();
  private final AtomicInteger called = new AtomicInteger();
  private final MeterRegistry meters = new SimpleMeterRegistry();
  private HttpServer server;
  private String answer = "";
  private int status = 200;

  @BeforeEach
  void startServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/token",
        exchange -> {
          fetched.incrementAndGet();
          byte[] body = answer.getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.createContext(
        "/api",
        exchange -> {
          called.incrementAndGet();
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stopServer() {
    server.stop(0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          401 | {"error":"invalid_client","error_description":"secret"} | invalid_client
          400 | {"error":"unauthorized_client"}                         | unauthorized_client
          401 | <html>secret</html>                                     | status 401
          403 | {"error":"Secret-of-Mine"}                              | status 403
          503 | {}                                                      | status 503
          """)
  void failureNamesTheEndpointsErrorCode(int refusal, String said, String why) {
    status = refusal;
    answer = said;
    WebClient client = client();

    assertThatThrownBy(() -> call(client)).hasMessage("No access token for stub: " + why);
  }

  @ParameterizedTest
  @CsvSource({
    "'\"expires_in\":600,', 1",
    "'\"expires_in\":20,', 2",
    "'', 1",
  })
  void tokenIsCachedUntilShortlyBeforeItExpires(String expiry, int fetches) {
    answer = "{" + expiry + "\"token_type\":\"Bearer\",\"access_token\":\"t\"}";
    WebClient client = client();

    call(client);
    call(client);

    assertThat(fetched).hasValue(fetches);
    assertThat(called).hasValue(2);
    assertThat(counted("success")).isEqualTo(fetches);
    assertThat(counted("failure")).isZero();
  }

  @Test
  void tokenOfAnotherTypeIsRejected() {
    answer = "{\"expires_in\":600,\"token_type\":\"DPoP\",\"access_token\":\"t\"}";

    assertThatThrownBy(() -> call(client()))
        .hasMessageContaining("DPoP")
        .hasMessageNotContaining("\"t\"");
    assertThat(called).hasValue(0);
    assertThat(counted("success")).isZero();
    assertThat(counted("failure")).isOne();
  }

  private double counted(String outcome) {
    return meters
        .get("rekey.upstream.token.fetches")
        .tags("upstream", "stub", "outcome", outcome)
        .counter()
        .count();
  }

  private void call(WebClient client) {
    // A limit for a hang only: on a busy machine, the first call takes seconds.
    client.get().uri(url("/api")).retrieve().toBodilessEntity().block(Duration.ofSeconds(30));
  }

  private WebClient client() {
    var registration =
        ClientRegistration.withRegistrationId("stub")
            .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
            .tokenUri(url("/token"))
            .clientId("id")
            .clientSecret("secret")
            .build();
    var limits =
        new HttpLimits(
            Duration.ofSeconds(3),
            Duration.ofSeconds(3),
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            DataSize.ofMegabytes(1),
            8);
    var tokens =
        new BearerTokens(TokenClient.token(Login.of(registration), limits, meters), () -> {});
    return WebClient.builder().filter(tokens).build();
  }

  private String url(String path) {
    return "http://localhost:" + server.getAddress().getPort() + path;
  }
}
