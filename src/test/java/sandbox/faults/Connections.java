package sandbox.faults;

import jakarta.servlet.http.HttpServletRequest;
import org.apache.catalina.connector.Connector;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.function.ServerResponse;

/** The server's open connections, which faults can reset. */
@Component
public final class Connections {
  private volatile @Nullable BreakableProtocol protocol;

  public void serveBy(Connector connector) {
    protocol = (BreakableProtocol) connector.getProtocolHandler();
  }

  /** Resets the request's connection immediately. The returned response reaches no client. */
  ServerResponse reset(HttpServletRequest request) {
    BreakableProtocol current = protocol;
    if (current != null) {
      current.reset(request.getRemoteAddr(), request.getRemotePort());
    }
    return ServerResponse.noContent().build();
  }
}
