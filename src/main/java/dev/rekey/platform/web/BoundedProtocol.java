package dev.rekey.platform.web;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.coyote.Processor;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.http.MimeHeaders;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * Tomcat's HTTP/1.1 connector with no more connections than fit the heap, and with a total time for
 * a TLS handshake and for a request's header: Tomcat's own timeout restarts with each byte of a
 * header, and can miss a slow handshake. When three quarters of the connections are in use, it
 * closes those that wait for a header, the longest first, until half are free. So clients that send
 * slowly, or nothing, do not keep others out.
 */
public final class BoundedProtocol extends Http11NioProtocol {

  // Tomcat's buffers take 40 KiB while a header is read, and more with TLS.
  private static final long BYTES_PER_CONNECTION = 64 * 1024;
  // The share of the heap that connections may take.
  private static final int HEAP_SHARE = 4;
  private static final int DEFAULT_MAX_CONNECTIONS = 8192;
  private static final long SWEEP_MILLIS = 100;
  private static final Set<String> READS = Set.of("GET", "HEAD");

  private @Nullable ScheduledFuture<?> sweeps;
  private long warnedAt = System.nanoTime() - TimeUnit.MINUTES.toNanos(1);

  public BoundedProtocol() {
    setMaxConnections(DEFAULT_MAX_CONNECTIONS);
  }

  /** Sets a lower number if so many do not fit the heap. */
  @Override
  public void setMaxConnections(int maxConnections) {
    long fitting = Runtime.getRuntime().maxMemory() / HEAP_SHARE / BYTES_PER_CONNECTION;
    super.setMaxConnections((int) Math.min(maxConnections < 0 ? fitting : maxConnections, fitting));
  }

  @Override
  public void start() throws Exception {
    super.start();
    sweeps =
        getUtilityExecutor()
            .scheduleWithFixedDelay(this::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public void stop() throws Exception {
    if (sweeps != null) {
      sweeps.cancel(false);
    }
    super.stop();
  }

  /**
   * Compresses only responses to {@code GET}: no other response may have a secret next to a text
   * that an attacker chose (BREACH). Tomcat does not compress a response with a strong ETag,
   * because the compressed one needs another ETag. So this sets another one.
   */
  @Override
  public boolean useCompression(Request request, Response response) {
    if (!READS.contains(request.getMethod())) {
      return false;
    }
    MimeHeaders headers = response.getMimeHeaders();
    String tag = headers.getHeader("ETag");
    headers.removeHeader("ETag");
    boolean isCompressed = super.useCompression(request, response);
    if (tag != null) {
      headers.setValue("ETag").setString(isCompressed ? EntityTag.compressed(tag) : tag);
    }
    return isCompressed;
  }

  /** Whether the client of the request that this thread serves has not closed its connection. */
  boolean isClientConnected() {
    return getEndpoint().getConnections().stream()
        .filter(connection -> connection.getLock().isHeldByCurrentThread())
        .allMatch(BoundedProtocol::isOpen);
  }

  private static boolean isOpen(SocketWrapperBase<?> connection) {
    try {
      // Does not block, and keeps what it reads for the next request.
      connection.isReadyForRead();
      return true;
    } catch (IOException _) {
      // The end of the stream, or a reset.
      return false;
    }
  }

  private void sweep() {
    try {
      closeSlow();
    } catch (RuntimeException e) {
      // Otherwise this sweep would be the last one.
      getLog().error("Slow connections were not closed", e);
    }
  }

  private void closeSlow() {
    var waiting = new ArrayList<Waiting>();
    for (var connection : getEndpoint().getConnections()) {
      if (connection instanceof NioSocketWrapper socket && !close(socket, this::isOverdue)) {
        waiting.add(new Waiting(socket, socket.getLastWrite()));
      }
    }
    if (getConnectionCount() > getMaxConnections() * 3L / 4) {
      warn();
      waiting.sort(Comparator.comparingLong(Waiting::since));
      for (var next = waiting.iterator();
          next.hasNext() && getConnectionCount() > getMaxConnections() / 2; ) {
        close(next.next().socket(), _ -> true);
      }
    }
  }

  /** A connection that may wait for a request, and the time of its last response or its start. */
  private record Waiting(NioSocketWrapper socket, long since) {}

  private void warn() {
    if (System.nanoTime() - warnedAt > TimeUnit.MINUTES.toNanos(1)) {
      warnedAt = System.nanoTime();
      getLog()
          .warn(
              getConnectionCount()
                  + " of "
                  + getMaxConnections()
                  + " connections are in use. Those that wait for a request are closed, the longest"
                  + " first");
    }
  }

  /** Closes a connection that waits for a header and meets the condition. */
  private static boolean close(NioSocketWrapper socket, Predicate<NioSocketWrapper> condition) {
    // The thread that reads or serves a request holds the lock.
    if (!socket.getLock().tryLock()) {
      return false;
    }
    try {
      boolean closes = waitsForHeader(socket) && condition.test(socket);
      if (closes) {
        socket.close();
        // The kernel releases the socket after the selector has dropped it.
        socket.getPoller().getSelector().wakeup();
      }
      return closes;
    } finally {
      socket.getLock().unlock();
    }
  }

  private static boolean waitsForHeader(NioSocketWrapper socket) {
    return socket.interestOpsHas(SelectionKey.OP_READ)
        && !(socket.getCurrentProcessor() instanceof Processor serving
            && (serving.isAsync() || serving.isUpgrade()));
  }

  private boolean isOverdue(NioSocketWrapper socket) {
    long limit = getConnectionTimeout();
    return limit > 0 && taken(socket) > limit;
  }

  private static long taken(NioSocketWrapper socket) {
    if (!socket.getSocket().isHandshakeComplete()) {
      // Nothing counts as read before the TLS session, so this is the start of the connection.
      return System.currentTimeMillis() - socket.getLastRead();
    }
    return socket.getCurrentProcessor() instanceof Processor reading
        ? TimeUnit.NANOSECONDS.toMillis(
            System.nanoTime() - reading.getRequest().getStartTimeNanos())
        // Only blank lines have come since the last response.
        : socket.getLastRead() - socket.getLastWrite();
  }
}
