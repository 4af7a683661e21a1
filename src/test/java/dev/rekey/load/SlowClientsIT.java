package dev.rekey.load;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.run.Http;
import dev.rekey.run.RekeyProcess;
import dev.rekey.run.Surroundings;
import dev.rekey.run.Tokens;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * 10,000 clients without a token send a header one byte at a time to a Rekey with the image's heap,
 * and connect again when they are disconnected. Other callers are served.
 */
@Tag("chaos")
class SlowClientsIT {

  private static final int CLIENTS = 10_000;
  private static final Duration ATTACK = Duration.ofSeconds(60);
  private static final byte[] BEGIN = "GET / HTTP/1.1\r\nHost: x\r\nX: ".getBytes(US_ASCII);

  @TempDir private Path directory;

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void otherCallersAreServed() throws Exception {
    Path log = directory.resolve("rekey.log");
    try (var surroundings = Surroundings.start();
        var rekey =
            RekeyProcess.start(
                surroundings.properties(),
                log,
                List.of("-Xmx384m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"))) {
      Http caller = rekey.http().bearer(Tokens.of(surroundings.sandbox(), "payments"));
      var over = new AtomicBoolean();
      var attack = new Attack(rekey.port(), over);
      Thread attacker = Thread.ofPlatform().start(attack);
      var millis = new ArrayList<Long>();
      try {
        for (Instant end = Instant.now().plus(ATTACK); Instant.now().isBefore(end); ) {
          long start = System.nanoTime();
          assertThat(caller.get("/api/v1/rotations?limit=1").status()).isEqualTo(200);
          millis.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
          start = System.nanoTime();
          assertThat(Connection.status(rekey.port())).isEqualTo("HTTP/1.1 401");
          millis.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
          Thread.sleep(20);
        }
      } finally {
        over.set(true);
        attacker.join();
      }
      millis.sort(null);
      System.Logger logger = System.getLogger(SlowClientsIT.class.getName());
      logger.log(
          System.Logger.Level.INFO,
          "{0} requests: median {1} ms, 99 % {2} ms, longest {3} ms; {4} connections of attackers",
          millis.size(),
          millis.get(millis.size() / 2),
          millis.get(millis.size() * 99 / 100),
          millis.getLast(),
          attack.connections);
      assertThat(millis.getLast()).isLessThan(5_000);
      assertThat(attack.connections.get()).isGreaterThan(CLIENTS);
    }
  }

  /** A caller with a new connection for each request. */
  private static final class Connection {

    static String status(int port) throws IOException {
      try (var socket = new java.net.Socket()) {
        socket.setSoTimeout(10_000);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10_000);
        socket
            .getOutputStream()
            .write("GET /api/v1/rotations HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(US_ASCII));
        return new String(socket.getInputStream().readNBytes(12), US_ASCII);
      }
    }
  }

  private static final class Attack implements Runnable {

    private final InetSocketAddress target;
    private final AtomicBoolean over;
    private final @Nullable SocketChannel[] clients = new SocketChannel[CLIENTS];
    private final AtomicInteger connections = new AtomicInteger();

    Attack(int port, AtomicBoolean over) {
      this.target = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
      this.over = over;
    }

    @Override
    public void run() {
      while (!over.get()) {
        long start = System.nanoTime();
        for (int i = 0; i < CLIENTS && !over.get(); i++) {
          clients[i] = next(clients[i]);
        }
        long left = Duration.ofSeconds(5).toNanos() - (System.nanoTime() - start);
        for (; left > 0 && !over.get(); left -= 100_000_000) {
          java.util.concurrent.locks.LockSupport.parkNanos(100_000_000);
        }
      }
      Arrays.stream(clients).forEach(Attack::close);
    }

    private @Nullable SocketChannel next(@Nullable SocketChannel client) {
      try {
        if (client == null) {
          SocketChannel opened = SocketChannel.open();
          opened.configureBlocking(false);
          opened.connect(target);
          return opened;
        }
        if (client.isConnectionPending()) {
          if (client.finishConnect()) {
            connections.incrementAndGet();
            client.write(ByteBuffer.wrap(BEGIN));
          }
          return client;
        }
        if (client.read(ByteBuffer.allocate(1)) < 0) {
          close(client);
          return next(null);
        }
        client.write(ByteBuffer.wrap(new byte[] {'a'}));
        return client;
      } catch (IOException _) {
        close(client);
        return null;
      }
    }

    private static void close(@Nullable SocketChannel client) {
      if (client != null) {
        try {
          client.close();
        } catch (IOException _) {
          // It is gone either way.
        }
      }
    }
  }
}
