package dev.rekey.audit.tail;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.access.CallerArgument;
import dev.rekey.audit.AuditEvent;
import dev.rekey.audit.AuditEvents;
import dev.rekey.audit.AuditFilter;
import dev.rekey.audit.AuditQuery;
import dev.rekey.audit.AuditQuery.EventQuery;
import dev.rekey.audit.AuditQuery.SequenceQuery;
import dev.rekey.audit.tail.Follower.Following;
import dev.rekey.platform.query.Fields;
import dev.rekey.platform.query.FieldsQuery;
import dev.rekey.platform.query.Formats;
import dev.rekey.platform.query.QueryText;
import dev.rekey.upstream.Upstreams;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** Sends every sealed event once, in the order of the chain, as Server-Sent Events. */
@RestController
@RequestMapping("/api/v1/audit-events")
public class StreamController {

  /** The most events that are written before a flush. */
  private static final int PAGE = 500;

  private static final Pattern POSITION = Pattern.compile("\\d{1,18}");

  private final EventStreams streams;
  private final StreamPlaces places;
  private final AuditEvents events;
  private final Access access;
  private final CallerArgument callers;
  private final Upstreams upstreams;
  private final JsonMapper json;

  StreamController(
      EventStreams streams,
      StreamPlaces places,
      AuditEvents events,
      Access access,
      CallerArgument callers,
      Upstreams upstreams,
      JsonMapper json) {
    this.streams = streams;
    this.places = places;
    this.events = events;
    this.access = access;
    this.callers = callers;
    this.upstreams = upstreams;
    this.json = json;
  }

  // With its type here, Spring would take another Accept for a request of the event "stream".
  @GetMapping("/stream")
  void stream(
      Caller caller,
      @ModelAttribute AuditQuery query,
      @ModelAttribute EventQuery ofEvents,
      @ModelAttribute SequenceQuery sequence,
      @ModelAttribute FieldsQuery view,
      @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String lastEventId,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    send(
        caller,
        query,
        ofEvents,
        sequence,
        new Json(json, view.of(AuditEvent.class)),
        lastEventId,
        request,
        response);
  }

  private record Json(JsonMapper mapper, Fields<AuditEvent> fields) implements EventForm {

    @Override
    public String of(AuditEvent event) {
      return mapper.writeValueAsString(fields.item(event));
    }

    @Override
    public String of(NotRetained events) {
      return mapper.writeValueAsString(Map.of("notRetained", events));
    }
  }

  /** Sends the same events in another form. Blocks this thread until the stream has ended. */
  public void send(
      Caller caller,
      AuditQuery query,
      EventQuery ofEvents,
      SequenceQuery sequence,
      EventForm form,
      @Nullable String lastEventId,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    Formats.require(MediaType.TEXT_EVENT_STREAM, request);
    AuditFilter filter = query.filter(upstreams).and(ofEvents.filter());
    var following = new Following(filter, access.visibleTo(caller), PAGE);
    long after = after(lastEventId, sequence);
    Instant end = callers.expiry();
    try (var _ = places.take(caller)) {
      Optional<TailPage<AuditEvent>> first = streams.first(following, after);
      response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
      // nginx would collect the events.
      response.setHeader("X-Accel-Buffering", "no");
      if (!HttpMethod.HEAD.matches(request.getMethod())) {
        var stream = new EventStream(response.getOutputStream(), form);
        streams.send(following, after, first, end, stream);
      }
    }
  }

  /** A client that connects again sends the same URL, and the id of the last message. */
  private long after(@Nullable String lastEventId, SequenceQuery sequence) {
    long asked = sequence.after();
    if (lastEventId != null) {
      return position(lastEventId);
    }
    return sequence.afterSeq() == null ? events.head() : asked;
  }

  private static long position(String id) {
    if (!POSITION.matcher(id).matches()) {
      throw QueryText.invalid(
          "Last-Event-ID has to be the id of the last message that you got from a stream.");
    }
    return Long.parseLong(id);
  }
}
