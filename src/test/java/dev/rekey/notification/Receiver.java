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

/** A real HTTP server that receives webhooks, and reacts to each as a test configures. */
final class Receiver implements AutoCloseable {

  private static final String HOOK = "/hook";
  private static final String ELSEWHERE = "/elsewhere";

  private final List<Call> calls = new CopyOnWriteArrayList<>();
  private final AtomicLong redirected = new AtomicLong();
  private final AtomicLong flooded = new AtomicLong();
  private final int port;
  private volatile Function<Call, Reaction> reaction = _ -> Reaction.ACCEPT;
  private volatile CountDownLatch release = new CountDownLatch(1);
  private @Nullable HttpServer server;

  private Receiver(HttpServer server) {
    this.server = server;
    this.port = server.getAddress().getPort();
  }

  /** The reaction to a webhook, after reading it. */
  enum Reaction {
    ACCEPT,
    FAIL,
    /** Returns 503 with a {@code Retry-After} of half an hour. */
    RETRY_LATER,
    REDIRECT,
    /** Closes the connection without a response. */
    CUT,
    /** Responds only after {@link #release}; then accepts. */
    HANG,
    /** Accepts, with an endless response. */
    FLOOD
  }

  /**
   * A received webhook.
   *
   * @param headers by their names in lower case
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

  /** All received webhooks, in order. */
  List<Call> calls() {
    return List.copyOf(calls);
  }

  /** How often a redirect was followed. */
  long redirected() {
    return redirected.get();
  }

  /** How many bytes of an endless response were written. */
  long flooded() {
    return flooded.get();
  }

  void reacts(Reaction always) {
    reacts(_ -> always);
  }

  void reacts(Function<Call, Reaction> reaction) {
    this.reaction = reaction;
  }

  /** Continues the calls that hang. */
  void release() {
    release.countDown();
  }

  /** Accepts everything again, and forgets the received webhooks. */
  void reset() {
    release();
    release = new CountDownLatch(1);
    reacts(Reaction.ACCEPT);
    calls.clear();
    redirected.set(0);
    flooded.set(0);
    if (server == null) {
      goUp();
    }
  }

  /** Stops listening. */
  void goDown() {
    close();
    server = null;
  }

  /** Listens again on the same port. */
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
    started.createContext(HOOK, this::receive);
    started.createContext(
        ELSEWHERE,
        exchange -> {
          redirected.incrementAndGet();
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    started.start();
  }

  private void receive(HttpExchange exchange) throws IOException {
    var headers = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
    headers.putAll(exchange.getRequestHeaders());
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    var call = new Call(headers, body);
    CountDownLatch latch = release;
    Reaction now = reaction.apply(call);
    calls.add(call);
    try (exchange) {
      switch (now) {
        case ACCEPT -> exchange.sendResponseHeaders(204, -1);
        case FAIL -> exchange.sendResponseHeaders(500, -1);
        case RETRY_LATER -> {
          exchange.getResponseHeaders().set("Retry-After", "1800");
          exchange.sendResponseHeaders(503, -1);
        }
        case REDIRECT -> {
          exchange.getResponseHeaders().set("Location", "http://localhost:" + port + ELSEWHERE);
          exchange.sendResponseHeaders(307, -1);
        }
        case CUT -> {}
        case HANG -> {
          await(latch);
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

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(60, TimeUnit.SECONDS)) {
        throw new IllegalStateException("release() was not called");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
