package dev.rekey.audit.aggregate;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.audit.AuditFilter;
import dev.rekey.audit.FilterText;
import dev.rekey.platform.query.QueryText;
import dev.rekey.upstream.Upstreams;
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
  Counts aggregate(
      Caller caller,
      @RequestParam(name = "bucket", required = false) @Nullable String bucket,
      @RequestParam(name = "timeZone", required = false) @Nullable String timeZone,
      @RequestParam(name = "groupBy", required = false) @Nullable List<String> groupBy,
      @RequestParam(name = "from", required = false) @Nullable Instant from,
      @RequestParam(name = "to", required = false) @Nullable Instant to,
      @RequestParam(name = "type", required = false) @Nullable String type,
      @RequestParam(name = "outcome", required = false) @Nullable String outcome,
      @RequestParam(name = "team", required = false) @Nullable String team,
      @RequestParam(name = "upstream", required = false) @Nullable String upstream,
      @RequestParam(name = "subject", required = false) @Nullable String subject) {
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
