package dev.rekey.platform.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.run.Http;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that send slowly, or nothing, over real sockets. */
@Timeout(60)
class SlowConnectionsTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private final List<Socket> sockets = new ArrayList<>();

  /** Responds with the length of the body, or without reading it. */
  private static final class Lengths extends HttpServlet {

    private static final long serialVersionUID = 1;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      boolean reads = !"/unread".equals(request.getRequestURI());
      int length = reads ? request.getInputStream().readAllBytes().length : -1;
      response.setStatus(reads ? 200 : 401);
      response.getOutputStream().print(length);
    }
  }

  private static TomcatRun tomcat(int maxConnections) throws Exception {
    return new TomcatRun(maxConnections, TIMEOUT, new Lengths(), new ExchangeValve());
  }

  @AfterEach
  void close() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  /** Each byte restarts Tomcat's own timeout. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        "GET /",
        "POST /unread HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n",
        "POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n"
      })
  void requestHasATotalTime(String begin) throws Exception {
    try (var tomcat = tomcat(100)) {
      assertThat(timeUntilClosed(tomcat, begin, "a"))
          .isBetween(TIMEOUT.dividedBy(2), TIMEOUT.multipliedBy(3));
    }
  }

  @Test
  void blankLinesHaveATotalTime() throws Exception {
    try (var tomcat = tomcat(100)) {
      assertThat(timeUntilClosed(tomcat, "\r\n", "\r\n")).isLessThan(TIMEOUT.multipliedBy(3));
    }
  }

  private Duration timeUntilClosed(TomcatRun tomcat, String begin, String more) throws Exception {
    Socket socket = tomcat.sent(begin);
    sockets.add(socket);
    return TomcatRun.timeUntilClosed(socket, more, TIMEOUT.multipliedBy(4));
  }

  @Test
  void requestThatArrivesInTimeIsServed() throws Exception {
    try (var tomcat = tomcat(100)) {
      Socket socket = tomcat.sent("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n");
      Thread.sleep(TIMEOUT.dividedBy(2));
      OutputStream out = socket.getOutputStream();
      out.write("Content-Length: 2\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      // The body has its own time.
      Thread.sleep(TIMEOUT.multipliedBy(3).dividedBy(4));
      out.write("ab".getBytes(StandardCharsets.US_ASCII));

      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
          .startsWith("HTTP/1.1 200")
          .endsWith("2");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: a", "\r\n"})
  void otherClientsAreServedBesidesManySlowConnections(String begin) throws Exception {
    try (var tomcat = tomcat(40)) {
      Http good = Http.at(tomcat.url());
      assertThat(good.get("/").status()).isEqualTo(200);
      for (int i = 0; i < 500; i++) {
        sockets.add(tomcat.sent(begin));
      }

      Instant start = Instant.now();
      for (int i = 0; i < 20; i++) {
        // The client repeats it if its idle connection was just closed.
        assertThat(good.get("/").status()).isEqualTo(200);
      }

      assertThat(Duration.between(start, Instant.now())).isLessThan(TIMEOUT.multipliedBy(3));
      assertThat(tomcat.protocol().getConnectionCount()).isLessThanOrEqualTo(40);
    }
  }

  @Test
  void connectionsFitTheHeap() throws Exception {
    try (var tomcat = tomcat(1_000_000)) {
      assertThat(tomcat.protocol().getMaxConnections() * 64L * 1024)
          .isLessThanOrEqualTo(Runtime.getRuntime().maxMemory() / 4);
    }
  }
}
