package dev.rekey;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

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
    assertThat(HealthCheck.of(url())).isZero();
  }

  @Test
  void unreadyUrlIsUnhealthy() {
    status = 503;

    assertThat(HealthCheck.of(url())).isEqualTo(1);
  }

  @Test
  void silentUrlIsUnhealthy() {
    server.stop(0);

    assertThat(HealthCheck.of(url())).isEqualTo(1);
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
