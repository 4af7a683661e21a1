package dev.rekey.audit.tail;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rekey.audit.AuditEvent;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.stream.Collectors;

/**
 * Writes Server-Sent Events (WHATWG HTML, section 9.2). The id of a message is a sequence number. A
 * message without data is no event for the client, but it moves the client's last id.
 */
final class EventStream {

  /** How long a browser waits before it connects again. */
  private static final Duration RETRY = Duration.ofSeconds(2);

  private final OutputStream out;
  private final EventForm form;

  EventStream(OutputStream out, EventForm form) {
    this.out = out;
    this.form = form;
  }

  /** Tells the client when to connect again, and the position at which the stream starts. */
  void open(long position) throws IOException {
    write("retry: " + RETRY.toMillis() + "\nid: " + position + "\n\n");
    out.flush();
  }

  /** Writes the events, and the position up to which the client has all that it wants. */
  void write(TailPage<AuditEvent> page) throws IOException {
    if (!page.notRetained().isEmpty()) {
      write("event: not-retained\n" + data(form.of(page.notRetained())) + "\n");
    }
    for (AuditEvent event : page.items()) {
      write("id: " + event.sealedSeq() + "\n" + data(form.of(event)) + "\n");
    }
    if (page.items().isEmpty() || page.items().getLast().sealedSeq() != page.nextAfterSeq()) {
      write("id: " + page.nextAfterSeq() + "\n\n");
    }
    out.flush();
  }

  private static String data(String text) {
    return text.lines().map(line -> "data: " + line + "\n").collect(Collectors.joining());
  }

  private void write(String text) throws IOException {
    out.write(text.getBytes(UTF_8));
  }
}
