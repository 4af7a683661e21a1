package dev.rekey.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client of one stream of Server-Sent Events. Not thread-safe, but for {@link #close}. */
public final class EventSource implements AutoCloseable {

  private static final JsonMapper JSON = JsonMapper.shared();

  private final HttpResponse<InputStream> response;
  private final BufferedReader lines;
  private @Nullable String lastId;
  private @Nullable Duration retry;

  EventSource(HttpResponse<InputStream> response) {
    this.response = response;
    this.lines = new BufferedReader(new InputStreamReader(response.body(), UTF_8));
  }

  /** An event that a browser would dispatch. */
  public record Message(String id, String event, String text) {

    public JsonNode data() {
      return JSON.readTree(text);
    }
  }

  public int status() {
    return response.statusCode();
  }

  public HttpHeaders headers() {
    return response.headers();
  }

  /** The {@code Last-Event-ID} of a browser that connects again; null before the first id. */
  public @Nullable String lastId() {
    return lastId;
  }

  /** How long the server asks to wait before a new connection; null if it has not asked. */
  public @Nullable Duration retry() {
    return retry;
  }

  /** Waits for the next event. Null if the stream has ended. */
  public @Nullable Message next() {
    Message message = null;
    boolean isOpen = true;
    while (message == null && isOpen) {
      var block = new Block();
      isOpen = read(block);
      message = isOpen && !block.data.isEmpty() ? block.message(lastId) : null;
    }
    return message;
  }

  /** Waits for the next block of lines, with or without an event. False if there is none. */
  public boolean awaitBlock() {
    return read(new Block());
  }

  private static final class Block {

    private final List<String> data = new ArrayList<>();
    private String event = "message";

    private Message message(@Nullable String id) {
      return new Message(id == null ? "" : id, event, String.join("\n", data));
    }
  }

  private boolean read(Block block) {
    try {
      String line = lines.readLine();
      while (line != null && !line.isEmpty()) {
        take(line, block);
        line = lines.readLine();
      }
      return line != null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void take(String line, Block block) {
    String value = line.replaceFirst("^[^:]*: ?", "");
    switch (line.replaceFirst(":.*", "")) {
      case "id" -> lastId = value;
      case "event" -> block.event = value;
      case "data" -> block.data.add(value);
      case "retry" -> retry = Duration.ofMillis(Long.parseLong(value));
      default -> {
        // A comment.
      }
    }
  }

  @Override
  public void close() {
    try {
      response.body().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
