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
 * Tomcat's HTTP/1.1 connector, able to reset one connection. Lingering is switched off for that
 * socket alone, so that no other answer is ever cut short.
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
      // The kernel learns of the close only when the selector drops the channel's key.
      nio.getPoller().getSelector().wakeup();
    }
  }
}
