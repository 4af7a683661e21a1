package dev.rekey.audit.aggregate;

import static java.time.temporal.TemporalAdjusters.previousOrSame;

import dev.rekey.platform.query.QueryText;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAmount;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The length of the buckets of a chart on the clocks of a time zone, in ascending order. A bucket
 * is longer or shorter when clocks change, as the hour or the day is.
 */
enum BucketSize {
  FIVE_MINUTES("5m"),
  QUARTER("15m"),
  HOUR("1h"),
  DAY("1d"),
  /** From Monday, as in ISO 8601. */
  WEEK("1w");

  private static final String AUTO = "auto";

  private final String text;

  BucketSize(String text) {
    this.text = text;
  }

  /** Reads a query parameter: the sizes to choose from, ascending; one hour for null. */
  static List<BucketSize> choice(@Nullable String text) {
    String[] names =
        Stream.concat(Arrays.stream(values()).map(BucketSize::toString), Stream.of(AUTO))
            .toArray(String[]::new);
    String name = QueryText.oneOf("bucket", text, names);
    if (name == null) {
      return List.of(HOUR);
    }
    return name.equals(AUTO)
        ? List.of(values())
        : Arrays.stream(values()).filter(size -> size.text.equals(name)).toList();
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
          case FIVE_MINUTES -> startOfMinutes(time, 5);
          case QUARTER -> startOfMinutes(time, 15);
          case HOUR -> time.truncatedTo(ChronoUnit.HOURS);
          case DAY -> time.toLocalDate().atStartOfDay(time.getZone());
          case WEEK ->
              time.toLocalDate()
                  .with(previousOrSame(DayOfWeek.MONDAY))
                  .atStartOfDay(time.getZone());
        };
    return start.toInstant();
  }

  private static ZonedDateTime startOfMinutes(ZonedDateTime time, int minutes) {
    return time.truncatedTo(ChronoUnit.MINUTES).minusMinutes(time.getMinute() % minutes);
  }

  /** The start of the next bucket. A zone that crossed the date line skipped a day. */
  Instant next(Instant start, ZoneId zone) {
    // Clocks change by multiples of five minutes.
    TemporalAmount step =
        switch (this) {
          case FIVE_MINUTES, QUARTER, HOUR -> Duration.ofMinutes(5);
          case DAY -> Period.ofDays(1);
          case WEEK -> Period.ofWeeks(1);
        };
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
