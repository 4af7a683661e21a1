package dev.rekey;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.rekey.run.SelfSigned;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HealthCheckTest {

  private HttpServer server;
  private int status = 200;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/ready",
        exchange -> {
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void readyUrlIsHealthy() {
    assertThat(HealthCheck.of(url(), 200)).isZero();
  }

  @Test
  void unreadyUrlIsUnhealthy() {
    status = 503;

    assertThat(HealthCheck.of(url(), 200)).isEqualTo(1);
  }

  @Test
  void anotherStatusCanBeExpected() {
    status = 401;

    assertThat(HealthCheck.of(url(), 401)).isZero();
    assertThat(HealthCheck.of(url(), 200)).isEqualTo(1);
  }

  @Test
  void theCertificateOfAListenerMayBeForAnotherNameAndOfAnUnknownAuthority(@TempDir Path scratch)
      throws Exception {
    var secured = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    secured.setHttpsConfigurator(new HttpsConfigurator(withCertificateOf("another", scratch)));
    secured.createContext("/", exchange -> exchange.sendResponseHeaders(401, -1));
    secured.start();
    try {
      assertThat(HealthCheck.of("https://localhost:" + secured.getAddress().getPort(), 401))
          .isZero();
    } finally {
      secured.stop(0);
    }
  }

  private static SSLContext withCertificateOf(String name, Path scratch) throws Exception {
    char[] password = "changeit".toCharArray();
    Path store = scratch.resolve("store.p12");
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(SelfSigned.store(store, name, password), password);
    var context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  @Test
  void silentUrlIsUnhealthy() {
    server.stop(0);

    assertThat(HealthCheck.of(url(), 200)).isEqualTo(1);
  }

  @Test
  void readinessIsWhereTheEnvironmentPlacesIt() {
    String path = "/actuator/health/readiness";

    assertThat(HealthCheck.readiness(Map.of())).isEqualTo("http://localhost:8081" + path);
    assertThat(HealthCheck.readiness(Map.of("SERVER_SERVLET_CONTEXT_PATH", "/rekey")))
        .isEqualTo("http://localhost:8081" + path);
    assertThat(
            HealthCheck.readiness(
                Map.of("MANAGEMENT_SERVER_PORT", "9", "MANAGEMENT_SERVER_BASE_PATH", "/manage")))
        .isEqualTo("http://localhost:9/manage" + path);
    assertThat(
            HealthCheck.readiness(
                Map.of("MANAGEMENT_SERVER_PORT", "8080", "SERVER_SERVLET_CONTEXT_PATH", "/rekey")))
        .isEqualTo("http://localhost:8080/rekey" + path);
    assertThat(HealthCheck.readiness(Map.of("MANAGEMENT_ENDPOINTS_WEB_BASE_PATH", "/m")))
        .isEqualTo("http://localhost:8081/m/health/readiness");
  }

  private String url() {
    return "http://localhost:" + server.getAddress().getPort() + "/ready";
  }
}
