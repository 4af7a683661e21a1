package dev.rekey.platform.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Objects;
import org.apache.catalina.connector.Connector;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;

/** The service and the management port have bounded connections. */
class ManagementConnectionsIT extends RekeyIT {

  @Autowired private ServletWebServerApplicationContext context;

  @Value("${local.management.port}")
  private int port;

  @Test
  void connectionsOfTheServiceAreBounded() {
    Connector connector =
        ((TomcatWebServer) Objects.requireNonNull(context.getWebServer()))
            .getTomcat()
            .getConnector();

    assertThat(connector.getProtocolHandler()).isInstanceOf(BoundedProtocol.class);
    assertThat(((BoundedProtocol) connector.getProtocolHandler()).getConnectionTimeout())
        .isEqualTo(10_000);
  }

  @Test
  void probesAreServedBesidesManySilentConnections() throws Exception {
    var silent = new ArrayList<Socket>();
    try {
      for (int i = 0; i < 300; i++) {
        silent.add(new Socket("localhost", port));
      }

      assertThat(management().get("/actuator/health/liveness").status()).isEqualTo(200);
      assertThat(TomcatRun.isClosed(silent.getFirst(), Duration.ofSeconds(2))).isTrue();
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
  }
}
