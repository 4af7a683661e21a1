package dev.rekey.audit.aggregate;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.List;

/** The buckets of a time zone, found by reading its clock at every minute. */
final class LocalClock {

  private static final List<String> SIZES = List.of("5m", "15m", "1h", "1d", "1w");
  private static final int ENOUGH = 120;
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private LocalClock() {}

  /** The size that {@code bucket} means: for auto, the first with few enough buckets. */
  static String size(String bucket, Instant from, Instant to, ZoneId zone) {
    return bucket.equals("auto")
        ? SIZES.stream()
            .filter(size -> starts(size, from, to, zone).size() <= ENOUGH)
            .findFirst()
            .orElse(SIZES.getLast())
        : bucket;
  }

  /** The start of the bucket that contains the first time, and of each until the last time. */
  static List<Instant> starts(String size, Instant from, Instant to, ZoneId zone) {
    Instant minute = from.truncatedTo(ChronoUnit.MINUTES);
    while (!isStart(size, minute, zone)) {
      minute = minute.minus(MINUTE);
    }
    var starts = new ArrayList<Instant>();
    for (; minute.isBefore(to); minute = minute.plus(MINUTE)) {
      if (isStart(size, minute, zone)) {
        starts.add(minute);
      }
    }
    return starts;
  }

  private static boolean isStart(String size, Instant minute, ZoneId zone) {
    LocalDateTime now = LocalDateTime.ofInstant(minute, zone);
    LocalDateTime before = LocalDateTime.ofInstant(minute.minus(MINUTE), zone);
    return switch (size) {
      case "5m" -> isStart(5, now, before);
      case "15m" -> isStart(15, now, before);
      case "1h" -> isStart(60, now, before);
      case "1d" -> !now.toLocalDate().equals(before.toLocalDate());
      case "1w" -> week(now) != week(before);
      default -> throw new AssertionError(size);
    };
  }

  // Clocks that were set back begin an hour again, or they are in the same one. Clocks that were
  // set forward are in another one, perhaps without its first minutes.
  private static boolean isStart(int minutes, LocalDateTime now, LocalDateTime before) {
    return now.getMinute() % minutes == 0
        || !now.truncatedTo(ChronoUnit.HOURS).equals(before.truncatedTo(ChronoUnit.HOURS))
        || now.getMinute() / minutes != before.getMinute() / minutes;
  }

  private static int week(LocalDateTime time) {
    return time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
  }
}
