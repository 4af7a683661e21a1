package sandbox.wire;

import java.net.URI;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** The sandbox's base URL, known once the port is bound. */
@Component
public final class SandboxUrl {
  private volatile URI url = URI.create("http://localhost");

  @EventListener
  void on(WebServerInitializedEvent event) {
    url = URI.create("http://localhost:" + event.getWebServer().getPort());
  }

  public URI url() {
    return url;
  }
}
