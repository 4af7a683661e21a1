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
 * committed, and Rekey cannot know.
 */
final class LossyProxy implements AutoCloseable {

  // Not a transaction of the sealer, which commits twice a second.
  private static final String APPENDS = "insert into audit_event";

  private final ServerSocket server;
  private final int target;
  private final AtomicBoolean armed = new AtomicBoolean();
  private final AtomicBoolean dropped = new AtomicBoolean();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile Duration unavailable = Duration.ZERO;
  private volatile long backAt = System.nanoTime();

  LossyProxy(int target) {
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
   * Forwards the next COMMIT of a transaction that appends to the history, and drops the response.
   * After that, no connection can be made for a while.
   */
  void dropNextCommitResponse(Duration unavailableFor) {
    unavailable = unavailableFor;
    dropped.set(false);
    armed.set(true);
  }

  /** Whether the response was dropped. */
  boolean hasDropped() {
    return dropped.get();
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
        // The peer has closed the connection, or the test is over.
      }
    }
  }

  private void connect(Socket client) throws IOException {
    var database = new Socket(InetAddress.getLoopbackAddress(), target);
    open.add(client);
    open.add(database);
    var drops = new AtomicBoolean();
    Thread.ofVirtual().start(() -> pump(client, database, drops, false));
    Thread.ofVirtual().start(() -> pump(database, client, drops, true));
  }

  private void pump(Socket from, Socket to, AtomicBoolean drops, boolean isResponse) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[64 * 1024];
      boolean appends = false;
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (isResponse && drops.get()) {
          drop();
          return;
        }
        if (!isResponse) {
          String sent = new String(buffer, 0, read, StandardCharsets.ISO_8859_1);
          appends |= sent.contains(APPENDS);
          if (sent.contains("COMMIT")) {
            drops.set(appends && armed.compareAndSet(true, false));
            appends = false;
          }
        }
        out.write(buffer, 0, read);
        out.flush();
      }
    } catch (IOException e) {
      // If one side closes the connection, the other side is closed too.
    } finally {
      open.remove(from);
      open.remove(to);
    }
  }

  private void drop() throws IOException {
    if (!unavailable.isZero()) {
      backAt = System.nanoTime() + unavailable.toNanos();
      for (Socket socket : open) {
        socket.close();
      }
    }
    dropped.set(true);
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
