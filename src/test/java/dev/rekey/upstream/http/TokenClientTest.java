package dev.rekey.upstream.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.LoggerContext;
import com.sun.net.httpserver.HttpServer;
import dev.rekey.platform.Pause;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.util.unit.DataSize;
import org.springframework.web.reactive.function.client.WebClient;

/** Token endpoint responses that the strict sandbox does not return. */
@ExtendWith(OutputCaptureExtension.class)
class TokenClientTest {

  private static final List<String> LOGGERS =
      List.of(
          "org.springframework.web", "org.springframework.http", "org.springframework.security");

  private final AtomicInteger fetched = new AtomicInteger();
  private final AtomicInteger called = new AtomicInteger();
  private final MeterRegistry meters = new SimpleMeterRegistry();
  private HttpServer server;
  private String response = "";
  private int status = 200;
  private Duration delay = Duration.ZERO;
  // For a hang only: on a busy machine, the first call takes seconds.
  private Duration tokenTimeout = Duration.ofSeconds(30);

  @BeforeEach
  void startServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/token",
        exchange -> {
          fetched.incrementAndGet();
          Pause.sleep(delay);
          byte[] body = response.getBytes(StandardCharsets.UTF_8);
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
    response = said;
    WebClient client = client();

    assertThatThrownBy(() -> call(client)).hasMessage(noToken(why));
  }

  @ParameterizedTest
  @CsvSource({
    "'\"expires_in\":600,', 1",
    "'\"expires_in\":20,', 2",
    "'', 1",
    "'\"expires_in\":0,', 1",
    "'\"expires_in\":-62135596800,', 1",
    "'\"expires_in\":9223372036854775807,', 1",
    "'\"expires_in\":1e99,', 1",
    "'\"expires_in\":null,', 1",
    "'\"expires_in\":\"600\",', 1",
    "'\"expires_in\":\"soon\",', 1",
  })
  void tokenIsCachedUntilShortlyBeforeItExpires(String expiry, int fetches) {
    response = "{" + expiry + "\"token_type\":\"Bearer\",\"access_token\":\"t\"}";
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
    response = "{\"expires_in\":600,\"token_type\":\"DPoP\",\"access_token\":\"t\"}";

    assertThatThrownBy(() -> call(client()))
        .hasMessageContaining("DPoP")
        .hasMessageNotContaining("\"t\"");
    assertThat(called).hasValue(0);
    assertThat(counted("success")).isZero();
    assertThat(counted("failure")).isOne();
  }

  @ParameterizedTest
  @CsvSource({"65536, 1", "65537, 0"})
  void responseMayHave64KibibytesAndNotMore(int size, int calls) {
    String token = "{\"expires_in\":600,\"token_type\":\"Bearer\",\"access_token\":\"t\"}";
    response = token + " ".repeat(size - token.length());

    Throwable thrown = catchThrowable(() -> call(client()));

    assertThat(called).hasValue(calls);
    assertThat(thrown == null).isEqualTo(calls == 1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "null", "[]", "<html>secret</html>", "{}", "{\"access_token\":\"t\"}"})
  void unusableResponseIsAFailureAndNotQuoted(String body) {
    response = body;

    assertThatThrownBy(() -> call(client()))
        .hasMessage(noToken("invalid_token_response"))
        .hasNoCause();
    assertThat(called).hasValue(0);
    assertThat(counted("failure")).isOne();
  }

  @Test
  void slowResponseTimesOut() {
    delay = Duration.ofSeconds(2);
    tokenTimeout = Duration.ofMillis(200);
    response = "{\"expires_in\":600,\"token_type\":\"Bearer\",\"access_token\":\"t\"}";

    assertThatThrownBy(() -> call(client())).hasMessage(noToken("TimeoutException"));
    assertThat(called).hasValue(0);
  }

  @Test
  void endpointThatCannotBeReachedIsNamedWithTheKindOfFailure() throws IOException {
    int closed;
    try (var socket = new ServerSocket(0)) {
      closed = socket.getLocalPort();
    }
    assertThat(failureOf("http://localhost:" + closed + "/token"))
        .isEqualTo("No access token for stub: ConnectException at localhost:" + closed);
    assertThat(failureOf("https://no-such-host.invalid/token"))
        .isEqualTo("No access token for stub: UnknownHostException at no-such-host.invalid");
  }

  @Test
  void endpointWithoutTlsIsNamedWithTheKindOfFailure() throws IOException {
    try (var socket = new ServerSocket(0);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      threads.execute(
          () -> {
            try (var connection = socket.accept()) {
              connection
                  .getOutputStream()
                  .write("this is no TLS\n".getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
      String host = "localhost:" + socket.getLocalPort();

      assertThat(failureOf("https://" + host + "/token?key=secret"))
          .isEqualTo("No access token for stub: SSLException at " + host);
    }
  }

  @Test
  void failuresAreLoggedOnceAMinuteAndThenTheSuccess(CapturedOutput output) {
    status = 503;
    WebClient client = client();
    for (int i = 0; i < 5; i++) {
      assertThatThrownBy(() -> call(client)).hasMessage(noToken("status 503"));
    }
    status = 200;
    response = "{\"expires_in\":600,\"token_type\":\"Bearer\",\"access_token\":\"t\"}";
    call(client);
    call(client);

    assertThat(output.getAll().lines().filter(line -> line.contains("for stub")))
        .satisfiesExactly(
            first -> assertThat(first).contains("WARN").endsWith(noToken("status 503")),
            last -> assertThat(last).contains("INFO", "Access tokens for stub work again"));
  }

  @Test
  void neitherSecretNorTokenIsLogged(CapturedOutput output) {
    // Other tests start Rekey's own limit, which would hide these lines.
    ((LoggerContext) LoggerFactory.getILoggerFactory()).resetTurboFilterList();
    var logging = LoggingSystem.get(getClass().getClassLoader());
    LOGGERS.forEach(logger -> logging.setLogLevel(logger, LogLevel.TRACE));
    response = "{\"expires_in\":600,\"token_type\":\"Bearer\",\"access_token\":\"canary-token\"}";
    try {
      call(client(ClientAuthenticationMethod.CLIENT_SECRET_POST));
      status = 401;
      response = "{\"error\":\"canary-token\"}";
      assertThatThrownBy(() -> call(client(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)))
          .hasMessage(noToken("status 401"));
    } finally {
      LOGGERS.forEach(logger -> logging.setLogLevel(logger, null));
    }

    assertThat(fetched).hasValue(2);
    assertThat(output.getAll())
        .contains("form fields [grant_type, client_id, client_secret] (content masked)")
        .doesNotContain("canary-token", "canary-secret", "aWQ6Y2FuYXJ5LXNlY3JldA");
  }

  private String noToken(String why) {
    return "No access token for stub: " + why + " at localhost:" + server.getAddress().getPort();
  }

  private String failureOf(String tokenUrl) {
    WebClient client = client(ClientAuthenticationMethod.CLIENT_SECRET_BASIC, tokenUrl);
    return String.valueOf(catchThrowable(() -> call(client)).getMessage());
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
    return client(ClientAuthenticationMethod.CLIENT_SECRET_BASIC);
  }

  private WebClient client(ClientAuthenticationMethod method) {
    return client(method, url("/token"));
  }

  private WebClient client(ClientAuthenticationMethod method, String tokenUrl) {
    var registration =
        ClientRegistration.withRegistrationId("stub")
            .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
            .tokenUri(tokenUrl)
            .clientAuthenticationMethod(method)
            .clientId("id")
            .clientSecret("canary-secret")
            .build();
    var limits =
        new HttpLimits(
            Duration.ofSeconds(3),
            tokenTimeout,
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            DataSize.ofMegabytes(1),
            8);
    var tokens =
        new BearerTokens(
            new TokenClient(
                new UpstreamClients.Login(registration, null),
                limits,
                TestClients.direct(),
                meters),
            () -> {});
    return WebClient.builder().filter(tokens).build();
  }

  private String url(String path) {
    return "http://localhost:" + server.getAddress().getPort() + path;
  }
}
