package dev.rekey.console;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes times for people: in UTC, and as seen from the time of the page. */
final class Moments {

  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter SECOND =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter FIELD =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("d MMM", Locale.ENGLISH).withZone(ZoneOffset.UTC);

  private static final long DAYS_OF_A_MONTH = 30;
  private static final long DAYS_OF_A_YEAR = 365;

  private final Instant now;

  Moments(Instant now) {
    this.now = now;
  }

  /** When the page was made. */
  public Instant now() {
    return now;
  }

  /** A time as many days after the page was made, before it if negative, to the second. */
  public Instant inDays(long days) {
    return now.plus(Duration.ofDays(days)).truncatedTo(ChronoUnit.SECONDS);
  }

  /** Such as {@code 2026-01-31 12:00}. */
  public String minute(Instant time) {
    return MINUTE.format(time);
  }

  /** Such as {@code 2026-01-31 12:00:00}. */
  public String second(Instant time) {
    return SECOND.format(time);
  }

  /** Such as {@code 31 Jan}. */
  public String day(Instant time) {
    return DAY.format(time);
  }

  /** As a field of a form has it, to the second; null for null. */
  public @Nullable String field(@Nullable Instant time) {
    return time == null ? null : FIELD.format(time);
  }

  /** Such as {@code in 6 days} or {@code 3 hours ago}. */
  public String relative(Instant time) {
    Duration distance = Duration.between(now, time);
    String size = size(distance.abs());
    return size.isEmpty() ? "now" : distance.isNegative() ? size + " ago" : "in " + size;
  }

  /** A duration of ISO 8601 in words, such as {@code 60 days}; any other text as it is. */
  public String period(String text) {
    try {
      return exactly(Duration.parse(text));
    } catch (DateTimeParseException _) {
      return text;
    }
  }

  private static String exactly(Duration period) {
    if (period.isZero()) {
      return "no time";
    }
    for (ChronoUnit unit : List.of(ChronoUnit.DAYS, ChronoUnit.HOURS, ChronoUnit.MINUTES)) {
      long count = period.dividedBy(unit.getDuration());
      if (count > 0 && period.equals(unit.getDuration().multipliedBy(count))) {
        String name = unit.toString().toLowerCase(Locale.ROOT);
        return count == 1 ? "1 " + name.substring(0, name.length() - 1) : count + " " + name;
      }
    }
    return period.toSeconds() + " seconds";
  }

  public boolean isPast(Instant time) {
    return time.isBefore(now);
  }

  private static String size(Duration distance) {
    long days = distance.toDays();
    if (days >= 2 * DAYS_OF_A_YEAR) {
      return days / DAYS_OF_A_YEAR + " years";
    }
    if (days >= 3 * DAYS_OF_A_MONTH) {
      return days / DAYS_OF_A_MONTH + " months";
    }
    if (days >= 2) {
      return days + " days";
    }
    if (distance.toHours() >= 2) {
      return distance.toHours() + " hours";
    }
    if (distance.toMinutes() >= 2) {
      return distance.toMinutes() + " minutes";
    }
    return distance.toSeconds() >= 10 ? distance.toSeconds() + " seconds" : "";
  }
}
