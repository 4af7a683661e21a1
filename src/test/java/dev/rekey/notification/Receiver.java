package dev.rekey.notification;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A real HTTP server that gets webhooks, and does to each what a test wants. */
final class Receiver implements AutoCloseable {

  private static final String HOOK = "/hook";
  private static final String ELSEWHERE = "/elsewhere";

  private final List<Call> calls = new CopyOnWriteArrayList<>();
  private final AtomicLong strays = new AtomicLong();
  private final AtomicLong flooded = new AtomicLong();
  private final int port;
  private volatile Function<Call, Reaction> reaction = _ -> Reaction.TAKE;
  private volatile CountDownLatch release = new CountDownLatch(1);
  private @Nullable HttpServer server;

  private Receiver(HttpServer server) {
    this.server = server;
    this.port = server.getAddress().getPort();
  }

  /** What it does to a webhook, once it has read all of it. */
  enum Reaction {
    TAKE,
    FAIL,
    /** 503, and that it wants to be left alone for half an hour. */
    ASK_FOR_A_PAUSE,
    REDIRECT,
    /** Ends the connection without an answer. */
    CUT,
    /** Answers nothing until it is told to go on; then it takes it. */
    HANG,
    /** Takes it, with an answer that does not end. */
    FLOOD
  }

  /**
   * A webhook as it came.
   *
   * @param headers by their names in small letters
   */
  record Call(Map<String, List<String>> headers, String body) {

    String header(String name) {
      return Objects.requireNonNull(headers.get(name)).getFirst();
    }

    String id() {
      return header("webhook-id");
    }
  }

  static Receiver start() {
    var receiver = new Receiver(listen(0));
    receiver.serve();
    return receiver;
  }

  URI url() {
    return URI.create("http://localhost:" + port + HOOK);
  }

  /** All that came, in the order in which they were read. */
  List<Call> calls() {
    return List.copyOf(calls);
  }

  /** How often somebody followed a redirect. */
  long strays() {
    return strays.get();
  }

  /** How many bytes of an answer without end could be written. */
  long flooded() {
    return flooded.get();
  }

  void reacts(Reaction always) {
    reacts(_ -> always);
  }

  void reacts(Function<Call, Reaction> how) {
    reaction = how;
  }

  /** Lets those go on that hang. */
  void release() {
    release.countDown();
  }

  /** Takes everything, as if nothing had come yet. */
  void reset() {
    release();
    release = new CountDownLatch(1);
    reacts(Reaction.TAKE);
    calls.clear();
    strays.set(0);
    flooded.set(0);
    if (server == null) {
      goUp();
    }
  }

  /** Nobody listens any more. */
  void goDown() {
    close();
    server = null;
  }

  /** Listens again, where it did before. */
  void goUp() {
    server = listen(port);
    serve();
  }

  @Override
  public void close() {
    release();
    if (server != null) {
      server.stop(0);
    }
  }

  private static HttpServer listen(int port) {
    try {
      return HttpServer.create(new InetSocketAddress(InetAddress.getByName("localhost"), port), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void serve() {
    HttpServer started = Objects.requireNonNull(server);
    started.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    started.createContext(HOOK, this::take);
    started.createContext(
        ELSEWHERE,
        exchange -> {
          strays.incrementAndGet();
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    started.start();
  }

  private void take(HttpExchange exchange) throws IOException {
    var headers = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
    headers.putAll(exchange.getRequestHeaders());
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    var call = new Call(headers, body);
    CountDownLatch end = release;
    Reaction now = reaction.apply(call);
    calls.add(call);
    try (exchange) {
      switch (now) {
        case TAKE -> exchange.sendResponseHeaders(204, -1);
        case FAIL -> exchange.sendResponseHeaders(500, -1);
        case ASK_FOR_A_PAUSE -> {
          exchange.getResponseHeaders().set("Retry-After", "1800");
          exchange.sendResponseHeaders(503, -1);
        }
        case REDIRECT -> {
          exchange.getResponseHeaders().set("Location", "http://localhost:" + port + ELSEWHERE);
          exchange.sendResponseHeaders(307, -1);
        }
        case CUT -> {}
        case HANG -> {
          await(end);
          exchange.sendResponseHeaders(204, -1);
        }
        case FLOOD -> flood(exchange);
      }
    }
  }

  private void flood(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    var chunk = new byte[8192];
    try (var out = exchange.getResponseBody()) {
      for (int i = 0; i < 100_000; i++) {
        out.write(chunk);
        flooded.addAndGet(chunk.length);
      }
    }
  }

  private static void await(CountDownLatch end) {
    try {
      if (!end.await(60, TimeUnit.SECONDS)) {
        throw new IllegalStateException("nobody released this");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
