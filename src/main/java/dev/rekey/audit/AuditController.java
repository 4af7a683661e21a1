package dev.rekey.audit;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.platform.query.Cursor;
import dev.rekey.platform.query.QueryText;
import dev.rekey.platform.query.Slice;
import dev.rekey.upstream.Upstreams;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Shows the history of the subjects that a caller may see. */
@RestController
@RequestMapping(path = "/api/v1/audit-events", produces = MediaType.APPLICATION_JSON_VALUE)
class AuditController {

  private static final Duration DEFAULT_SPAN = Duration.ofHours(24);
  private static final Duration MAX_SPAN = Duration.ofDays(92);

  private final AuditEvents events;
  private final Access access;
  private final Upstreams upstreams;
  private final Clock clock;

  AuditController(AuditEvents events, Access access, Upstreams upstreams, Clock clock) {
    this.events = events;
    this.access = access;
    this.upstreams = upstreams;
    this.clock = clock;
  }

  @GetMapping
  ResponseEntity<Slice<AuditEvent>> search(
      Caller caller,
      @RequestParam(name = "from", required = false) @Nullable Instant from,
      @RequestParam(name = "to", required = false) @Nullable Instant to,
      @RequestParam(name = "type", required = false) @Nullable String type,
      @RequestParam(name = "outcome", required = false) @Nullable String outcome,
      @RequestParam(name = "actor", required = false) @Nullable String actor,
      @RequestParam(name = "team", required = false) @Nullable String team,
      @RequestParam(name = "upstream", required = false) @Nullable String upstream,
      @RequestParam(name = "subject", required = false) @Nullable String subject,
      @RequestParam(name = "credentialId", required = false) @Nullable UUID credentialId,
      @RequestParam(name = "rotationId", required = false) @Nullable UUID rotationId,
      @RequestParam(name = "q", required = false) @Nullable String q,
      @RequestParam(name = "limit", required = false) @Nullable Integer limit,
      @RequestParam(name = "cursor", required = false) @Nullable String cursor) {
    var asked =
        new AuditFilter(
            from,
            to,
            FilterText.type(type),
            FilterText.outcome(outcome),
            QueryText.name("actor", actor),
            QueryText.name("team", team),
            FilterText.upstream(upstream),
            upstreams.canonical(QueryText.subject(subject)),
            credentialId,
            rotationId,
            FilterText.words(q));
    FilterText.checkSpan(from, to);
    var after = cursor == null ? null : Cursor.decode(cursor, asked.parts());
    Instant since = after == null ? since(asked) : after.since();
    int size = Slice.limit(limit);
    List<AuditEvent> found =
        events.find(asked.between(since, to), access.visibleTo(caller), after, size + 1);
    return Slice.of(found, size, event -> place(event, since), asked.parts()).response();
  }

  @GetMapping("/{id}")
  AuditEvent get(Caller caller, @PathVariable(name = "id") UUID id) {
    return events
        .find(id)
        .flatMap(event -> access.ifVisible(caller, event.about(), event))
        .orElseThrow(
            () ->
                ProblemType.NOT_FOUND
                    .with("The history holds no such event that you may see.")
                    .exception());
  }

  // Every page ends where the first one said: "24 hours ago" is later for each.
  private static Cursor place(AuditEvent event, @Nullable Instant since) {
    return new Cursor(event.occurredAt(), event.id(), since);
  }

  private @Nullable Instant since(AuditFilter asked) {
    if (asked.isNarrow()) {
      return asked.from();
    }
    Instant end = asked.to() == null ? clock.instant() : asked.to();
    Instant start = asked.from() == null ? end.minus(DEFAULT_SPAN) : asked.from();
    if (Duration.between(start, end).compareTo(MAX_SPAN) > 0) {
      throw FilterText.invalid(
          "from and to may be at most 92 days apart, unless credentialId, rotationId or one whole"
              + " subject is given.");
    }
    return start;
  }
}
