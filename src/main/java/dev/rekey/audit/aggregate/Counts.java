package dev.rekey.audit.aggregate;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Counts over time. Each series has one count for each bucket. */
@JsonInclude(JsonInclude.Include.ALWAYS)
record Counts(
    Instant from,
    Instant to,
    String bucket,
    String timeZone,
    List<Instant> buckets,
    List<Dimension> groupBy,
    List<Series> series) {

  /** The counts of one group. */
  record Series(List<@Nullable String> key, long total, List<Long> counts) {}
}
