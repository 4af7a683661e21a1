package sandbox.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.apache.tomcat.util.net.SocketWrapperBase;

/**
 * Tomcat's HTTP/1.1 connector, extended to reset one connection. Lingering is disabled for that
 * socket only, so that no other response is cut short.
 */
public final class BreakableProtocol extends Http11NioProtocol {

  void reset(String address, int port) {
    getEndpoint().getConnections().stream()
        .filter(socket -> socket.getRemotePort() == port && socket.getRemoteAddr().equals(address))
        .forEach(BreakableProtocol::reset);
  }

  private static void reset(SocketWrapperBase<NioChannel> socket) {
    SocketChannel channel = socket.getSocket().getIOChannel();
    try {
      channel.setOption(StandardSocketOptions.SO_LINGER, 0);
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("Connection could not be reset", e);
    }
    if (socket instanceof NioSocketWrapper nio) {
      // The kernel sees the close only after the selector has dropped the channel's key.
      nio.getPoller().getSelector().wakeup();
    }
  }
}
