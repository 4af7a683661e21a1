package dev.rekey.audit;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.audit.AuditQuery.EventQuery;
import dev.rekey.audit.AuditQuery.SearchQuery;
import dev.rekey.audit.EventFormat.FormatQuery;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.platform.query.Counted;
import dev.rekey.platform.query.Cursor;
import dev.rekey.platform.query.Cursors;
import dev.rekey.platform.query.Cursors.PageQuery;
import dev.rekey.platform.query.Cursors.PageRequest;
import dev.rekey.platform.query.Fields;
import dev.rekey.platform.query.QueryText;
import dev.rekey.platform.query.SearchPage;
import dev.rekey.platform.query.TimeRange;
import dev.rekey.platform.query.ViewQuery;
import dev.rekey.platform.web.Revalidated;
import dev.rekey.upstream.Upstreams;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Searches the history of the subjects that a caller may see. */
@RestController
@RequestMapping(path = "/api/v1/audit-events", produces = MediaType.APPLICATION_JSON_VALUE)
public class AuditController {

  private static final Duration DEFAULT_SPAN = Duration.ofHours(24);
  private static final Duration MAX_SPAN = Duration.ofDays(92);

  private final AuditEvents events;
  private final Access access;
  private final Upstreams upstreams;
  private final Cursors cursors;
  private final Clock clock;

  AuditController(
      AuditEvents events, Access access, Upstreams upstreams, Cursors cursors, Clock clock) {
    this.events = events;
    this.access = access;
    this.upstreams = upstreams;
    this.cursors = cursors;
    this.clock = clock;
  }

  @GetMapping(produces = {MediaType.APPLICATION_JSON_VALUE, EventFormat.OCSF_VALUE})
  @Revalidated(by = HistoryVersion.class)
  public ResponseEntity<SearchPage<AuditEvent>> search(
      Caller caller,
      @ModelAttribute AuditQuery query,
      @ModelAttribute EventQuery ofEvents,
      @ModelAttribute SearchQuery byTime,
      @ModelAttribute PageQuery paging,
      @ModelAttribute ViewQuery view,
      @ModelAttribute FormatQuery requested,
      HttpServletRequest request) {
    Fields<AuditEvent> fields = view.fieldsOf(AuditEvent.class);
    EventFormat format = requested.of(request, fields);
    AuditSearch wanted = byTime.search(query.filter(upstreams).and(ofEvents.filter()));
    PageRequest page = cursors.page(paging, view, List.of("audit-events", wanted.parameters()));
    Instant since = page.after() == null ? since(wanted) : page.after().since();
    Counted<AuditEvent> found =
        events.find(
            wanted.within(new TimeRange(since, wanted.time().to())),
            access.visibleTo(caller),
            page);
    // The first page fixes the start for the others, since the default depends on the clock.
    return format.of(
        fields.response(
            page.slice(found.rows(), event -> new Cursor(event.occurredAt(), event.id(), since)),
            found.total()));
  }

  @GetMapping("/{id}")
  @Revalidated(by = HistoryVersion.class)
  public AuditEvent get(Caller caller, @PathVariable(name = "id") UUID id) {
    return events
        .find(id)
        .flatMap(event -> access.ifVisible(caller, event.fullSubject(), event))
        .orElseThrow(
            () ->
                ProblemType.NOT_FOUND.with(
                    "The history has no event with this id that you may see."));
  }

  private @Nullable Instant since(AuditSearch wanted) {
    Instant from = wanted.time().from();
    if (wanted.filter().isNarrow()) {
      return from;
    }
    Instant end = wanted.time().to() == null ? clock.instant() : wanted.time().to();
    Instant start = from == null ? defaultStart(wanted.time().to()) : from;
    if (Duration.between(start, end).compareTo(MAX_SPAN) > 0) {
      throw QueryText.invalid(
          "from and to may be at most 92 days apart, unless credentialId, rotationId or one whole"
              + " subject is given.");
    }
    return start;
  }

  /**
   * Without an end, the start changes once an hour only, so that repeated searches are the same.
   */
  private Instant defaultStart(@Nullable Instant to) {
    Instant end = to == null ? clock.instant().truncatedTo(ChronoUnit.HOURS) : to;
    return end.minus(DEFAULT_SPAN);
  }
}
