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

/**
 * What an event says of a month that was dropped.
 *
 * @param by the event that says so
 * @param firstSeq greater than lastSeq if the month was empty
 */
record Drop(Link by, YearMonth month, long events, long firstSeq, long lastSeq) {

  static final String TYPE = "audit.partition-dropped";

  /** The least that the schema allows; its owner may have set more. */
  private static final long MINIMUM_AGE =
      Duration.ofDays(30).dividedBy(ChronoUnit.MICROS.getDuration());

  private static final DateTimeFormatter PARTITION =
      DateTimeFormatter.ofPattern("'audit_event_'uuuu_MM");
  private static final int LENGTH = "audit_event_2024_10".length();

  /** Reads the changes of such an event; empty if they do not say it. */
  static Optional<Drop> of(Link by, JsonNode changes) {
    Map<String, String> went = new HashMap<>();
    for (JsonNode change : changes) {
      change.path("from").asStringOpt().ifPresent(was -> went.put(field(change), was));
    }
    String partition = went.get("partition");
    String events = went.get("events");
    if (partition == null || events == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Drop(
              by,
              month(partition),
              Long.parseLong(events),
              Long.parseLong(went.getOrDefault("firstSeq", "1")),
              Long.parseLong(went.getOrDefault("lastSeq", "0"))));
    } catch (DateTimeException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** Of a partition's name; throws {@link DateTimeException} if it names none. */
  static YearMonth month(String partition) {
    if (partition.length() != LENGTH) {
      throw new DateTimeException("no month of Rekey's: " + partition);
    }
    return YearMonth.parse(partition, PARTITION);
  }

  private static String field(JsonNode change) {
    return change.path("field").asStringOpt().orElse("");
  }

  /** That of an event of then. */
  static YearMonth month(long occurredAt) {
    return YearMonth.from(CanonicalBytes.instant(occurredAt).atOffset(ZoneOffset.UTC));
  }

  /** When a month ends. */
  static long end(YearMonth month) {
    return CanonicalBytes.micros(
        month.plusMonths(1).atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant());
  }

  /** Whether the month could be dropped at that time, if not sooner. */
  boolean isOldEnough(long at) {
    return end(month) + MINIMUM_AGE <= at;
  }

  /** Whether that can be the place of one of its events: it says so, and came later. */
  boolean covers(long seq) {
    return firstSeq <= seq && seq <= lastSeq && seq < by.seq;
  }

  /** Whether one of these can be the place of one of its events. */
  boolean overlaps(long first, long last) {
    return firstSeq <= last && first <= lastSeq;
  }
}
