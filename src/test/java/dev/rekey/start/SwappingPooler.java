package dev.rekey.start;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A pooler between two clients and two sessions of PostgreSQL. It ignores prepared statements: each
 * end of a transaction of the first client swaps the two sessions.
 */
final class SwappingPooler implements AutoCloseable {

  private static final int CLIENTS = 2;

  /** The status outside a transaction. */
  private static final char OUTSIDE = 'I';

  private final ServerSocket listener;
  private final int postgres;
  private final List<Peer> sessions = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicInteger swaps = new AtomicInteger();

  private SwappingPooler(ServerSocket listener, int postgres) {
    this.listener = listener;
    this.postgres = postgres;
  }

  /**
   * Starts it on any free port.
   *
   * @param postgres the port of a PostgreSQL on this machine
   */
  static SwappingPooler start(int postgres) throws IOException {
    var listener = new ServerSocket(0, CLIENTS, InetAddress.getLoopbackAddress());
    var pooler = new SwappingPooler(listener, postgres);
    pooler.threads.execute(pooler::accept);
    return pooler;
  }

  /** Its URL of a database, without encryption. */
  String url(String database) {
    return "jdbc:postgresql://localhost:%d/%s?sslmode=disable&gssEncMode=disable"
        .formatted(listener.getLocalPort(), database);
  }

  private void accept() {
    try {
      for (int i = 0; i < CLIENTS; i++) {
        int number = i;
        var client = Peer.of(listener.accept());
        sessions.add(Peer.of(new Socket(InetAddress.getLoopbackAddress(), postgres)));
        threads.execute(() -> serve(number, client));
      }
    } catch (IOException e) {
      // Closed before both clients have connected.
    }
  }

  private void serve(int number, Peer client) {
    try (client;
        var session = sessions.get(number)) {
      client.forwardContentTo(session);
      forwardLogin(client, session);
      char before = OUTSIDE;
      while (true) {
        // A swap takes effect with a client's next request but one, if it waits for it already.
        Peer current = sessions.get((number + swaps.get()) % CLIENTS);
        forwardRequest(client, current);
        char status = forwardResponse(current, client);
        if (number == 0 && status == OUTSIDE && before != OUTSIDE) {
          swaps.incrementAndGet();
        }
        before = status;
      }
    } catch (IOException e) {
      // The client or PostgreSQL has closed its connection.
    }
  }

  /** Up to PostgreSQL's first ReadyForQuery. */
  private static void forwardLogin(Peer client, Peer session) throws IOException {
    Message message;
    do {
      message = session.forwardTo(client);
      if (message.asksForPassword()) {
        client.forwardTo(session);
      }
    } while (message.type() != 'Z');
  }

  /** Up to a Sync or a simple Query. */
  private static void forwardRequest(Peer client, Peer session) throws IOException {
    char type;
    do {
      type = client.forwardTo(session).type();
    } while (type != 'S' && type != 'Q');
  }

  /** Up to a ReadyForQuery; returns its status. */
  private static char forwardResponse(Peer session, Peer client) throws IOException {
    Message message;
    do {
      message = session.forwardTo(client);
    } while (message.type() != 'Z');
    return message.transactionStatus();
  }

  /** A message of the protocol. */
  private record Message(char type, ByteBuffer content) {

    /** AuthenticationOk has the number 0, and AuthenticationSASLFinal 12. */
    boolean asksForPassword() {
      return type == 'R' && content.getInt(0) != 0 && content.getInt(0) != 12;
    }

    char transactionStatus() {
      return (char) content.get(0);
    }
  }

  /** A client or a session. */
  private record Peer(Socket socket, DataInputStream in, DataOutputStream out)
      implements AutoCloseable {

    static Peer of(Socket socket) throws IOException {
      return new Peer(
          socket,
          new DataInputStream(socket.getInputStream()),
          new DataOutputStream(socket.getOutputStream()));
    }

    Message forwardTo(Peer other) throws IOException {
      char type = (char) in.readUnsignedByte();
      other.out.writeByte(type);
      return new Message(type, forwardContentTo(other));
    }

    /** A client's first message has no type. */
    ByteBuffer forwardContentTo(Peer other) throws IOException {
      int length = in.readInt();
      byte[] content = in.readNBytes(length - Integer.BYTES);
      other.out.writeInt(length);
      other.out.write(content);
      return ByteBuffer.wrap(content);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    threads.close();
  }
}
