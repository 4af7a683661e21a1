package dev.rekey.run;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An HTTP proxy that knows only CONNECT, with a login. It connects every host to one port here. */
public final class ConnectProxy implements AutoCloseable {

  private final ServerSocket listener;
  private final int target;
  private final String authorization;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Queue<Socket> open = new ConcurrentLinkedQueue<>();
  private final Queue<String> connected = new ConcurrentLinkedQueue<>();
  private volatile String refused = "";

  private ConnectProxy(ServerSocket listener, int target, String login) {
    this.listener = listener;
    this.target = target;
    this.authorization =
        "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
  }

  /** Starts on any free port; the login is {@code user:password}. */
  public static ConnectProxy start(int target, String login) {
    try {
      var proxy =
          new ConnectProxy(
              new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), target, login);
      proxy.threads.execute(proxy::accept);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** The hosts and ports that clients asked for with the right login. */
  public List<String> connected() {
    return List.copyOf(connected);
  }

  /** Refuses connections to a host and port with 403, and closes all open ones. */
  public void refuse(String host) {
    refused = host;
    closeAll();
  }

  /** Accepts all connections again. */
  public void stopRefusing() {
    refused = "";
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        open.add(client);
        threads.execute(() -> serve(client));
      } catch (IOException e) {
        // Closed, or the client is gone.
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      var reader =
          new BufferedReader(
              new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII), 1);
      var head = new ArrayList<String>();
      for (String line = reader.readLine();
          line != null && !line.isEmpty();
          line = reader.readLine()) {
        head.add(line);
      }
      boolean known =
          head.stream()
              .anyMatch(line -> line.equalsIgnoreCase("proxy-authorization: " + authorization));
      String host = head.isEmpty() ? "" : head.getFirst().split(" ", -1)[1];
      if (!known || host.equals(refused)) {
        String status = known ? "403 Forbidden" : "407 Proxy Authentication Required";
        write(client, "HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n");
        return;
      }
      connected.add(host);
      connect(client);
    } catch (IOException e) {
      // One side closed the connection.
    }
  }

  private void connect(Socket client) throws IOException {
    try (var server = new Socket(InetAddress.getLoopbackAddress(), target)) {
      open.add(server);
      write(client, "HTTP/1.1 200 Connection established\r\n\r\n");
      threads.execute(() -> copy(server, client));
      client.getInputStream().transferTo(server.getOutputStream());
    }
  }

  private static void copy(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      // One side closed the connection.
    }
  }

  private static void write(Socket client, String head) throws IOException {
    client.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    client.getOutputStream().flush();
  }

  private void closeAll() {
    for (Socket socket = open.poll(); socket != null; socket = open.poll()) {
      try {
        socket.close();
      } catch (IOException e) {
        // It is closed already.
      }
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    closeAll();
    threads.close();
  }
}
