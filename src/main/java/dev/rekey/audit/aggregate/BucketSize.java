package dev.rekey.audit.aggregate;

import dev.rekey.platform.query.QueryText;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAmount;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The length of the buckets of a chart on the clocks of a time zone. A bucket is longer or shorter
 * when clocks change, as the hour or the day is.
 */
enum BucketSize {
  FIVE_MINUTES("5m"),
  HOUR("1h"),
  DAY("1d");

  private final String text;

  BucketSize(String text) {
    this.text = text;
  }

  /** Reads a query parameter; one hour for null. */
  static BucketSize of(@Nullable String text) {
    return Objects.requireNonNullElse(QueryText.oneOf("bucket", text, values()), HOUR);
  }

  @Override
  public String toString() {
    return text;
  }

  /** The start of the bucket that contains a time. */
  Instant start(Instant time, ZoneId zone) {
    return start(time.atZone(zone));
  }

  private Instant start(ZonedDateTime time) {
    ZonedDateTime start =
        switch (this) {
          case FIVE_MINUTES ->
              time.truncatedTo(ChronoUnit.MINUTES).minusMinutes(time.getMinute() % 5);
          case HOUR -> time.truncatedTo(ChronoUnit.HOURS);
          case DAY -> time.toLocalDate().atStartOfDay(time.getZone());
        };
    return start.toInstant();
  }

  /** The start of the next bucket. A zone that crossed the date line skipped a day. */
  Instant next(Instant start, ZoneId zone) {
    // Clocks change by multiples of five minutes.
    TemporalAmount step = this == DAY ? Period.ofDays(1) : Duration.ofMinutes(5);
    ZonedDateTime time = start.atZone(zone);
    do {
      time = time.plus(step);
    } while (!start(time).isAfter(start));
    return start(time);
  }

  /** The starts of all buckets of a time, but at most one more than the limit. */
  List<Instant> starts(Instant from, Instant to, ZoneId zone, int limit) {
    var starts = new ArrayList<Instant>();
    for (Instant start = start(from, zone);
        start.isBefore(to) && starts.size() <= limit;
        start = next(start, zone)) {
      starts.add(start);
    }
    return starts;
  }
}
