package dev.rekey.audit.aggregate;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.audit.AuditQuery;
import dev.rekey.platform.query.QueryText;
import dev.rekey.platform.query.TimeRange;
import dev.rekey.upstream.Upstreams;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestMapping;
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

  /** The query parameters of this route only. */
  record AggregateQuery(
      @Nullable String bucket,
      @Nullable String timeZone,
      @Nullable String groupBy,
      @Nullable Instant from,
      @Nullable Instant to) {

    private Buckets buckets(Instant now) {
      TimeRange.ordered(from, to);
      Instant end = to == null ? now : to;
      Instant start = from == null ? end.minus(DEFAULT_SPAN) : from;
      TimeRange.ordered(start, end);
      return Buckets.of(start, end, BucketSize.of(bucket), QueryText.zone("timeZone", timeZone));
    }
  }

  @GetMapping("/aggregate")
  Counts aggregate(
      Caller caller, @ModelAttribute AuditQuery query, @ModelAttribute AggregateQuery aggregate) {
    return aggregates.count(
        aggregate.buckets(clock.instant()),
        Dimension.of(aggregate.groupBy()),
        query.filter(upstreams),
        access.visibleTo(caller));
  }
}
