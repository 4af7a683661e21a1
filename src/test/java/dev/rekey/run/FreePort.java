package dev.rekey.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Finds ports for processes that cannot choose one themselves. */
public final class FreePort {

  private FreePort() {}

  /** A port that was free a moment ago; another process may take it meanwhile. */
  public static int find() {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether a program on this machine accepts connections on the port. */
  public static boolean isTaken(int port) {
    try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
