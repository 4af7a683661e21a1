package dev.rekey.load;

import dev.rekey.run.EventSource;
import dev.rekey.run.EventSource.Message;
import dev.rekey.run.Http;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Follows the console's live history as a browser does: when the stream breaks, it waits as long as
 * the stream has said, and connects again with the last id.
 */
final class LiveHistory implements AutoCloseable {

  /** The delay before a browser connects again, if the stream sends no {@code retry}. */
  private static final Duration RETRY = Duration.ofSeconds(3);

  private static final Pattern LINK = Pattern.compile("href=\"/console/history/([0-9a-f-]{36})\"");

  private final Http session;
  private final String path;
  private final Refusals refusals;
  private final List<Row> rows = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final CompletableFuture<Void> end;
  private volatile boolean isClosed;
  private volatile @Nullable EventSource source;
  private @Nullable String lastId;
  private Duration retry = RETRY;

  /**
   * A row that the stream sent.
   *
   * @param event the id of its event
   */
  record Row(long seq, String event) {}

  /**
   * Begins to follow.
   *
   * @param session the proxy, with the cookie of the person
   * @param path the URL of the stream, as the page has it
   */
  LiveHistory(Http session, String path, Refusals refusals) {
    this.session = session;
    this.path = path;
    this.refusals = refusals;
    this.end =
        CompletableFuture.runAsync(this::follow, Executors.newVirtualThreadPerTaskExecutor());
  }

  /** The rows so far, in the order of their arrival. */
  List<Row> rows() {
    return List.copyOf(rows);
  }

  /** How many connections got a stream. */
  int connections() {
    return connections.get();
  }

  private void follow() {
    while (!isClosed) {
      connect();
      Pauses.between(retry, retry);
    }
  }

  private void connect() {
    Optional<EventSource> opened = open();
    if (opened.isPresent()) {
      try (EventSource stream = opened.get()) {
        if (stream.status() != 200) {
          throw new IllegalStateException("The stream responds " + stream.status());
        }
        source = stream;
        connections.incrementAndGet();
        read(stream);
      }
    }
  }

  /** Empty if the connection got no response. */
  private Optional<EventSource> open() {
    Instant begun = Instant.now();
    Http client = session.with("Accept", "text/event-stream");
    try {
      return Optional.of(
          (lastId == null ? client : client.with("Last-Event-ID", lastId)).open(path));
    } catch (UncheckedIOException e) {
      refusals.add("GET " + path, begun);
      return Optional.empty();
    }
  }

  /** Reads until the stream ends or breaks. */
  private void read(EventSource stream) {
    try {
      Message row = stream.next();
      while (row != null) {
        rows.add(new Row(Long.parseLong(row.id()), event(row)));
        row = stream.next();
      }
    } catch (UncheckedIOException e) {
      // The replica is gone.
    }
    lastId = stream.lastId() == null ? lastId : stream.lastId();
    retry = Objects.requireNonNullElse(stream.retry(), retry);
  }

  private static String event(Message row) {
    Matcher link = LINK.matcher(row.text());
    if (!link.find()) {
      throw new IllegalStateException("A message is no row of an event");
    }
    return link.group(1);
  }

  /** Throws what the connections have thrown. */
  @Override
  public void close() {
    isClosed = true;
    EventSource open = source;
    if (open != null) {
      open.close();
    }
    end.orTimeout(1, TimeUnit.MINUTES).join();
  }
}
