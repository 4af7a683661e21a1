package dev.rekey.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;

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
}
