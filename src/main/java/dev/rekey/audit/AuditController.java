package dev.rekey.audit;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.platform.Answers;
import dev.rekey.platform.Cursor;
import dev.rekey.platform.ProblemException;
import dev.rekey.platform.ProblemType;
import dev.rekey.platform.Slice;
import dev.rekey.platform.SqlTime;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Shows the history of the subjects that a caller may see. */
@RestController
@RequestMapping(path = "/api/v1/audit-events", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Audit", description = "Who changed what, when, and how that ended.")
@Answers({ProblemType.RECORD_UNAVAILABLE, ProblemType.QUERY_TOO_BROAD})
class AuditController {

  private static final Duration DEFAULT_SPAN = Duration.ofHours(24);
  private static final Duration MAX_SPAN = Duration.ofDays(92);

  private static final Pattern SUBJECT = Pattern.compile("[A-Za-z0-9._~@:+=/-]{1,600}");

  private final AuditEvents events;
  private final Access access;
  private final Clock clock;

  AuditController(AuditEvents events, Access access, Clock clock) {
    this.events = events;
    this.access = access;
    this.clock = clock;
  }

  @GetMapping
  @Operation(
      operationId = "searchAuditEvents",
      summary = "Search the history",
      description =
          "Newest first. Without from, the last 24 hours before to; at most 92 days at once, unless"
              + " subject or credentialId is given, which lift both.")
  ResponseEntity<Slice<AuditEvent>> search(
      Caller caller,
      @RequestParam(name = "from", required = false)
          @Parameter(
              description = "The earliest time, inclusive.",
              example = "2026-01-31T00:00:00Z")
          @Nullable Instant from,
      @RequestParam(name = "to", required = false)
          @Parameter(
              description = "The latest time, exclusive; default now.",
              example = "2026-02-01T00:00:00Z")
          @Nullable Instant to,
      @RequestParam(name = "type", required = false)
          @Parameter(
              description = "Only events of this type.",
              example = "rotation.succeeded",
              schema = @Schema(ref = "#/components/schemas/AuditType"))
          @Nullable String type,
      @RequestParam(name = "subject", required = false)
          @Parameter(
              description = "Only events of exactly this subject.",
              example = "apps/crm/connectors/okta")
          @Nullable String subject,
      @RequestParam(name = "credentialId", required = false)
          @Parameter(
              description = "Only events of this credential in the inventory.",
              example = "019aa8a5-9c55-7a3e-8d21-0b9e7c6f5a42")
          @Nullable UUID credentialId,
      @RequestParam(name = "limit", required = false)
          @Parameter(
              description = "How many events at most: 1 to 500; default 50.",
              example = "50",
              schema =
                  @Schema(type = "integer", minimum = "1", maximum = "500", defaultValue = "50"))
          @Nullable Integer limit,
      @RequestParam(name = "cursor", required = false)
          @Parameter(
              description = "nextCursor of the page before.",
              example = "AAZEL3vJYkABmqilnFV6Po0hC558b1pC3q2-7wABAgM")
          @Nullable String cursor) {
    var asked =
        new AuditFilter(
            from,
            to,
            type == null ? null : type(type),
            null,
            null,
            null,
            null,
            subject,
            credentialId,
            null,
            null);
    var after = cursor == null ? null : Cursor.decode(cursor, asked);
    int size = Slice.limit(limit);
    List<AuditEvent> found = events.find(bounded(asked), access.visibleTo(caller), after, size + 1);
    return Slice.of(found, size, event -> new Cursor(event.occurredAt(), event.id()), asked)
        .response();
  }

  private AuditFilter bounded(AuditFilter asked) {
    if (asked.subject() != null && !SUBJECT.matcher(asked.subject()).matches()) {
      throw invalid("subject has to look like apps/{appId}/connectors/{connectorId}.");
    }
    if (isOutOfRange(asked.from()) || isOutOfRange(asked.to())) {
      throw invalid("from and to have to lie in the years 1970 to 9999.");
    }
    if (asked.from() != null && asked.to() != null && asked.from().isAfter(asked.to())) {
      throw invalid("from has to be before to.");
    }
    if (asked.isNarrow()) {
      return asked;
    }
    Instant end = asked.to() == null ? clock.instant() : asked.to();
    Instant start = asked.from() == null ? end.minus(DEFAULT_SPAN) : asked.from();
    if (Duration.between(start, end).compareTo(MAX_SPAN) > 0) {
      throw invalid(
          "from and to may be at most 92 days apart, unless subject or credentialId is given.");
    }
    return asked.between(start, asked.to());
  }

  private static boolean isOutOfRange(@Nullable Instant time) {
    return time != null && !SqlTime.isInRange(time);
  }

  private static AuditType type(String text) {
    return AuditType.of(text)
        .orElseThrow(() -> invalid("type has to be one of " + List.of(AuditType.values()) + "."));
  }

  private static ProblemException invalid(String detail) {
    return ProblemType.INVALID_PARAMETER.with(detail).exception();
  }
}
