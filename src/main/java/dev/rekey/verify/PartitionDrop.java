package dev.rekey.verify;

import dev.rekey.audit.chain.CanonicalBytes;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** A dropped month, as recorded by an event; the first seq is the greater one if it was empty. */
record PartitionDrop(Link by, YearMonth month, long events, long firstSeq, long lastSeq) {

  static final String TYPE = "audit.partition-dropped";

  /** The schema's minimum; the schema's owner may have set more. */
  private static final long MINIMUM_AGE =
      Duration.ofDays(30).dividedBy(ChronoUnit.MICROS.getDuration());

  private static final DateTimeFormatter PARTITION =
      DateTimeFormatter.ofPattern("'audit_event_'uuuu_MM");
  private static final int LENGTH = "audit_event_2024_10".length();

  /** Parses the event's changes; empty if they are malformed. */
  static Optional<PartitionDrop> of(Link by, JsonNode changes) {
    Map<String, String> dropped = new HashMap<>();
    for (JsonNode change : changes) {
      String field = change.path("field").asStringOpt().orElse("");
      change.path("from").asStringOpt().ifPresent(value -> dropped.put(field, value));
    }
    String partition = dropped.get("partition");
    String events = dropped.get("events");
    if (partition == null || events == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new PartitionDrop(
              by,
              month(partition),
              Long.parseLong(events),
              Long.parseLong(dropped.getOrDefault("firstSeq", "1")),
              Long.parseLong(dropped.getOrDefault("lastSeq", "0"))));
    } catch (DateTimeException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** The month of a partition's name; throws {@link DateTimeException} for another name. */
  static YearMonth month(String partition) {
    if (partition.length() != LENGTH) {
      throw new DateTimeException("not a partition of Rekey: " + partition);
    }
    return YearMonth.parse(partition, PARTITION);
  }

  /** The month of a time in microseconds since 2000. */
  static YearMonth month(long occurredAt) {
    return YearMonth.from(CanonicalBytes.instant(occurredAt).atOffset(ZoneOffset.UTC));
  }

  /** The end of a month in microseconds since 2000. */
  static long end(YearMonth month) {
    return CanonicalBytes.micros(
        month.plusMonths(1).atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant());
  }

  /** Whether the month was old enough to be dropped at that time. */
  boolean isOldEnough(long at) {
    return end(month) + MINIMUM_AGE <= at;
  }

  /** Whether the range covers the seq, and the drop was recorded after it. */
  boolean covers(long seq) {
    return firstSeq <= seq && seq <= lastSeq && seq < by.seq;
  }

  /** Whether the range overlaps another one. */
  boolean overlaps(long first, long last) {
    return firstSeq <= last && first <= lastSeq;
  }
}
