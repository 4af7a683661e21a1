package dev.rekey.documents;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Takes a message as Slack's incoming webhooks do, with Slack's errors for others, and returns the
 * latest one to a GET.
 */
final class SlackStandIn implements AutoCloseable {

  private final HttpServer server;
  private volatile String latest = "none";

  SlackStandIn() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/services", this::handle);
    server.start();
  }

  String url() {
    return "http://localhost:" + server.getAddress().getPort() + "/services/T0/B0/x";
  }

  private void handle(HttpExchange exchange) throws IOException {
    if (exchange.getRequestMethod().equals("GET")) {
      respond(exchange, 200, latest);
      return;
    }
    String type = exchange.getRequestHeaders().getFirst("Content-Type");
    String message = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    String error = "application/json".equals(type) ? errorOf(message) : "invalid_payload";
    if (error.isEmpty()) {
      latest = message;
    }
    respond(exchange, error.isEmpty() ? 200 : 400, error.isEmpty() ? "ok" : error);
  }

  /** Empty if Slack takes the message. */
  private static String errorOf(String message) {
    try {
      JsonNode text = JsonMapper.shared().readTree(message).path("text");
      return text.asString("").isBlank() ? "no_text" : "";
    } catch (JacksonException e) {
      return "invalid_payload";
    }
  }

  private static void respond(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
