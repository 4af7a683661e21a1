package dev.rekey.audit.verify;

import java.time.DateTimeException;
import java.time.YearMonth;
import java.time.format.DateTimeFormatter;
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

  private static final DateTimeFormatter PARTITION =
      DateTimeFormatter.ofPattern("'audit_event_'uuuu_MM");

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
    return YearMonth.parse(partition, PARTITION);
  }

  private static String field(JsonNode change) {
    return change.path("field").asStringOpt().orElse("");
  }

  boolean covers(long seq) {
    return firstSeq <= seq && seq <= lastSeq;
  }
}
