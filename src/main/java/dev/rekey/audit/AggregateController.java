package dev.rekey.audit;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.platform.Answers;
import dev.rekey.platform.ProblemType;
import dev.rekey.platform.QueryText;
import dev.rekey.upstream.Upstreams;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Counts events for charts. */
@RestController
@RequestMapping(path = "/api/v1/audit-events", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Audit", description = "Who changed what, when, and how that ended.")
@Answers({ProblemType.RECORD_UNAVAILABLE, ProblemType.QUERY_TOO_BROAD})
class AggregateController {

  private static final Duration DEFAULT_SPAN = Duration.ofHours(24);

  private final Aggregates aggregates;
  private final Access access;
  private final Upstreams upstreams;
  private final Clock clock;

  AggregateController(Aggregates aggregates, Access access, Upstreams upstreams, Clock clock) {
    this.aggregates = aggregates;
    this.access = access;
    this.upstreams = upstreams;
    this.clock = clock;
  }

  @GetMapping("/aggregate")
  @Operation(
      operationId = "aggregateAuditEvents",
      summary = "Count events over time",
      description =
          "Every bucket has a count for every group that occurs, 0 included. Without from, the last"
              + " 24 hours before to. Whole hours are counted when they are sealed, about a second"
              + " after they were committed; the rest at once.")
  Counts aggregate(
      Caller caller,
      @RequestParam(name = "bucket", required = false)
          @Parameter(
              description = "5m, 1h or 1d: a stretch of the clocks of timeZone; default 1h.",
              example = "1h",
              schema =
                  @Schema(
                      type = "string",
                      allowableValues = {"5m", "1h", "1d"},
                      defaultValue = "1h"))
          @Nullable String bucket,
      @RequestParam(name = "timeZone", required = false)
          @Parameter(
              description =
                  "A zone such as Europe/Berlin, or an offset such as +05:30; default UTC.",
              example = "Europe/Berlin")
          @Nullable String timeZone,
      @RequestParam(name = "groupBy", required = false)
          @Parameter(
              description =
                  "One or two of type, outcome, team and upstream, separated by a comma; left out,"
                      + " all events are counted together.",
              example = "[\"type\"]")
          @Nullable List<String> groupBy,
      @RequestParam(name = "from", required = false) @Wanted.From @Nullable Instant from,
      @RequestParam(name = "to", required = false)
          @Parameter(
              description = "The latest time, exclusive; default now.",
              example = "2026-02-01T00:00:00Z")
          @Nullable Instant to,
      @RequestParam(name = "type", required = false) @Wanted.Type @Nullable String type,
      @RequestParam(name = "outcome", required = false) @Wanted.Outcome @Nullable String outcome,
      @RequestParam(name = "team", required = false) @Wanted.Team @Nullable String team,
      @RequestParam(name = "upstream", required = false) @Wanted.Upstream @Nullable String upstream,
      @RequestParam(name = "subject", required = false) @Wanted.Subject @Nullable String subject) {
    FilterText.checkSpan(from, to);
    Instant end = to == null ? clock.instant() : to;
    Instant start = from == null ? end.minus(DEFAULT_SPAN) : from;
    FilterText.checkSpan(start, end);
    var filter =
        new AuditFilter(
            null,
            null,
            FilterText.type(type),
            FilterText.outcome(outcome),
            null,
            QueryText.name("team", team),
            FilterText.upstream(upstream),
            upstreams.canonical(QueryText.subject(subject)),
            null,
            null,
            null);
    return aggregates.count(
        Buckets.of(start, end, BucketSize.of(bucket), QueryText.zone("timeZone", timeZone)),
        Dimension.of(groupBy),
        filter,
        access.visibleTo(caller));
  }
}
