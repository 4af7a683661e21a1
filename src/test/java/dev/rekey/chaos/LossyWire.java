package dev.rekey.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A proxy between Rekey and PostgreSQL that can drop the response to a COMMIT: the database has
 * committed, but the client cannot know.
 */
final class LossyWire implements AutoCloseable {

  // Excludes the sealer, which commits twice a second.
  private static final String APPENDS = "insert into audit_event";

  private final ServerSocket server;
  private final int target;
  private final AtomicBoolean armed = new AtomicBoolean();
  private final AtomicBoolean lost = new AtomicBoolean();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile Duration away = Duration.ZERO;
  private volatile long backAt = System.nanoTime();

  LossyWire(int target) {
    this.target = target;
    try {
      this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /**
   * Forwards the next COMMIT of a transaction that appends to the history, but drops its response.
   * Afterwards, new connections fail for a while.
   */
  void loseTheNextCommitsAnswer(Duration andStayAwayFor) {
    away = andStayAwayFor;
    lost.set(false);
    armed.set(true);
  }

  /** Returns whether a response was dropped since that was requested. */
  boolean hasLostIt() {
    return lost.get();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        if (System.nanoTime() - backAt < 0) {
          client.close();
        } else {
          connect(client);
        }
      } catch (IOException e) {
        // The other end has closed, or the test is over.
      }
    }
  }

  private void connect(Socket client) throws IOException {
    var database = new Socket(InetAddress.getLoopbackAddress(), target);
    open.add(client);
    open.add(database);
    var swallows = new AtomicBoolean();
    Thread.ofVirtual().start(() -> pump(client, database, swallows, false));
    Thread.ofVirtual().start(() -> pump(database, client, swallows, true));
  }

  private void pump(Socket from, Socket to, AtomicBoolean swallows, boolean isAnswer) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[64 * 1024];
      boolean appends = false;
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (isAnswer && swallows.get()) {
          lose();
          return;
        }
        if (!isAnswer) {
          String sent = new String(buffer, 0, read, StandardCharsets.ISO_8859_1);
          appends |= sent.contains(APPENDS);
          if (sent.contains("COMMIT")) {
            swallows.set(appends && armed.compareAndSet(true, false));
            appends = false;
          }
        }
        out.write(buffer, 0, read);
        out.flush();
      }
    } catch (IOException e) {
      // One end has closed, so the other is closed as well.
    } finally {
      open.remove(from);
      open.remove(to);
    }
  }

  private void lose() throws IOException {
    if (!away.isZero()) {
      backAt = System.nanoTime() + away.toNanos();
      for (Socket socket : open) {
        socket.close();
      }
    }
    lost.set(true);
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
