package sandbox.wire;

import java.net.URI;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Where the sandbox listens; known once its port is. */
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
