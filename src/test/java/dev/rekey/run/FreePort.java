package dev.rekey.run;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ThreadLocalRandom;

/** Finds ports for processes that cannot choose one themselves. */
public final class FreePort {

  /**
   * Linux gives these ports to nobody on its own. A port of its ephemeral range (32768 to 60999,
   * see ip(7)) may become the end of an outgoing connection before the process binds it.
   */
  private static final int FIRST = 20_000;

  private static final int BEYOND_LAST = 32_768;

  private static final int ATTEMPTS = 100;

  private FreePort() {}

  /** A port that was free a moment ago. A process that wants the same one may take it meanwhile. */
  public static int find() {
    return ThreadLocalRandom.current()
        .ints(FIRST, BEYOND_LAST)
        .limit(ATTEMPTS)
        .filter(FreePort::canBeBound)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no free port was found"));
  }

  private static boolean canBeBound(int port) {
    try (var _ = new ServerSocket(port)) {
      return true;
    } catch (IOException e) {
      return false;
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
