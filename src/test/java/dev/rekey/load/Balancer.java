package dev.rekey.load;

import dev.rekey.run.RekeyProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Behaves like a Kubernetes Service: new connections go to the ready replicas in turn, and stay
 * there. It learns of a change with a delay.
 */
final class Balancer implements AutoCloseable {

  private static final Duration DELAY = Duration.ofMillis(500);

  private final List<RekeyProcess> replicas = new CopyOnWriteArrayList<>();
  private final AtomicInteger next = new AtomicInteger();
  private final ServerSocket server;
  private volatile List<RekeyProcess> ready = List.of();

  Balancer() {
    try {
      server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
    Thread.ofVirtual().start(this::refresh);
  }

  URI url() {
    return URI.create("http://localhost:" + server.getLocalPort());
  }

  void add(RekeyProcess replica) {
    replicas.add(replica);
  }

  /** Removes a replica before it is stopped. Takes effect with the usual delay. */
  void remove(RekeyProcess replica) {
    replicas.remove(replica);
  }

  /** Whether this number of replicas takes new connections. */
  boolean has(int count) {
    return ready.size() == count;
  }

  private void refresh() {
    while (!server.isClosed()) {
      var known = replicas.stream().filter(RekeyProcess::isReady).toList();
      Pauses.between(DELAY, DELAY);
      ready = known;
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket caller = server.accept();
        Thread.ofVirtual().start(() -> connect(caller));
      } catch (IOException e) {
        // The listener is closed.
      }
    }
  }

  private void connect(Socket caller) {
    var to = ready;
    try (caller;
        var replica =
            new Socket(
                "localhost", to.get(Math.floorMod(next.getAndIncrement(), to.size())).port())) {
      Thread back = Thread.ofVirtual().start(() -> pump(replica, caller));
      pump(caller, replica);
      back.join();
    } catch (IOException e) {
      // The caller's connection is closed.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void pump(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException e) {
      // A reset at one side would otherwise leave the other side open for ever.
      close(from);
      close(to);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
