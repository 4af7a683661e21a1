package dev.rekey.platform.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.run.SelfSigned;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Slow clients, and clients that disconnect, over TLS. */
@Timeout(60)
class TlsConnectionsTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final String PASSWORD = "of-a-test";

  /** The begin of a record of 512 bytes, in which a handshake begins. */
  private static final String HANDSHAKE = "\u0016\u0003\u0001\u0002\u0000";

  private static final String REQUEST = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

  @TempDir private Path directory;

  private final List<Socket> sockets = new ArrayList<>();
  private final Semaphore mayRespond = new Semaphore(1_000);
  private final AtomicInteger received = new AtomicInteger();
  private final AtomicInteger written = new AtomicInteger();
  private final AtomicInteger ended = new AtomicInteger();
  private SSLContext trusting;

  /** Responds when it may. */
  private final class Waiting extends HttpServlet {

    private static final long serialVersionUID = 1;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      ExchangeValve.onWritten(request, written::incrementAndGet);
      received.incrementAndGet();
      mayRespond.acquireUninterruptibly();
      response.getOutputStream().print("secret");
    }
  }

  /** Counts the requests after the end of their exchange. */
  private final class Ended extends ValveBase {

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
      getNext().invoke(request, response);
      ended.incrementAndGet();
    }
  }

  @BeforeEach
  void createCertificate() throws Exception {
    KeyStore own = SelfSigned.store(store(), "localhost", PASSWORD.toCharArray());
    var trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("rekey", own.getCertificate("localhost"));
    var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trusted);
    trusting = SSLContext.getInstance("TLS");
    trusting.init(null, managers.getTrustManagers(), null);
  }

  @AfterEach
  void close() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  @Test
  void handshakeHasATotalTime() throws Exception {
    try (var tomcat = tomcat(100)) {
      Socket slow = tomcat.sent(HANDSHAKE);
      sockets.add(slow);

      assertThat(TomcatRun.timeUntilClosed(slow, "a", TIMEOUT.multipliedBy(4)))
          .isBetween(TIMEOUT.dividedBy(2), TIMEOUT.multipliedBy(3));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", HANDSHAKE})
  void otherClientsAreServedBesidesManySlowHandshakes(String begin) throws Exception {
    try (var tomcat = tomcat(40)) {
      assertServed(tomcat);
      for (int i = 0; i < 500; i++) {
        sockets.add(tomcat.sent(begin));
      }

      Instant start = Instant.now();
      for (int i = 0; i < 20; i++) {
        assertServed(tomcat);
      }

      assertThat(Duration.between(start, Instant.now())).isLessThan(TIMEOUT.multipliedBy(3));
      assertThat(tomcat.protocol().getConnectionCount()).isLessThanOrEqualTo(40);
    }
  }

  private void assertServed(TomcatRun tomcat) throws IOException {
    try (var client = requested(tomcat)) {
      assertThat(begin(client)).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void responseForAConnectedClientIsWritten() throws Exception {
    try (var tomcat = tomcat(100)) {
      assertServed(tomcat);

      await().until(() -> written.get() == 1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @SuppressWarnings("try") // the client closes its socket early
  void responseForADisconnectedClientIsNotWritten(boolean isReset) throws Exception {
    mayRespond.drainPermits();
    try (var tomcat = tomcat(100)) {
      try (var plain = tomcat.connect()) {
        SSLSocket client = encrypted(plain);
        send(client);
        await().until(() -> received.get() == 1);
        if (isReset) {
          plain.setSoLinger(true, 0);
          plain.close();
        } else {
          client.close();
        }
      }
      // The network may take a moment.
      Thread.sleep(Duration.ofMillis(300));
      mayRespond.release();

      await().until(() -> ended.get() == 1);
      assertThat(written).hasValue(0);
    }
  }

  private SSLSocket requested(TomcatRun tomcat) throws IOException {
    SSLSocket client = encrypted(tomcat.connect());
    send(client);
    return client;
  }

  private SSLSocket encrypted(Socket plain) throws IOException {
    return (SSLSocket)
        trusting
            .getSocketFactory()
            .createSocket(plain, "localhost", plain.getPort(), /* autoClose= */ true);
  }

  private static void send(SSLSocket client) throws IOException {
    client.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
  }

  /** The first bytes of a response. */
  private static String begin(SSLSocket client) throws IOException {
    return new String(client.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
  }

  private TomcatRun tomcat(int maxConnections) throws Exception {
    return new TomcatRun(
        TomcatRun.tls(store(), PASSWORD),
        maxConnections,
        TIMEOUT,
        new Waiting(),
        new Ended(),
        new ExchangeValve());
  }

  private Path store() {
    return directory.resolve("listener.p12");
  }
}
