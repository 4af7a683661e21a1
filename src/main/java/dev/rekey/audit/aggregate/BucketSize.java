package dev.rekey.audit.aggregate;

import dev.rekey.platform.query.QueryText;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The length of the buckets of a chart on the clocks of a time zone. A bucket is longer or shorter
 * when clocks change, as the hour or the day is.
 */
enum BucketSize {
  FIVE_MINUTES("5m") {
    @Override
    Instant start(Instant time, ZoneId zone) {
      ZonedDateTime local = time.atZone(zone);
      return local.truncatedTo(ChronoUnit.MINUTES).minusMinutes(local.getMinute() % 5).toInstant();
    }
  },
  HOUR("1h") {
    @Override
    Instant start(Instant time, ZoneId zone) {
      return time.atZone(zone).truncatedTo(ChronoUnit.HOURS).toInstant();
    }
  },
  DAY("1d") {
    @Override
    Instant start(Instant time, ZoneId zone) {
      return startOf(LocalDate.ofInstant(time, zone), zone);
    }

    @Override
    Instant next(Instant start, ZoneId zone) {
      // A zone that crossed the date line skipped a day.
      LocalDate day = LocalDate.ofInstant(start, zone);
      do {
        day = day.plusDays(1);
      } while (!startOf(day, zone).isAfter(start));
      return startOf(day, zone);
    }

    private static Instant startOf(LocalDate day, ZoneId zone) {
      return day.atStartOfDay(zone).toInstant();
    }
  };

  /** Clocks change by multiples of this. */
  private static final Duration STEP = Duration.ofMinutes(5);

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
  abstract Instant start(Instant time, ZoneId zone);

  /** The start of the next bucket. */
  Instant next(Instant start, ZoneId zone) {
    Instant time = start;
    do {
      time = time.plus(STEP);
    } while (!start(time, zone).isAfter(start));
    return start(time, zone);
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
