package dev.rekey.policy;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.support.CronExpression;

/**
 * A window that begins again and again at a local time. A time that does not exist, when the clocks
 * change, is moved by the gap. It lasts equally long on every day.
 *
 * @param starts the local times at which it begins
 * @param length elapsed time, not local time
 * @param repeats whether it begins at both of two equal local times, or only at the first
 */
record RecurringWindow(CronExpression starts, ZoneId zone, Duration length, boolean repeats) {

  /** At least the greatest change of a clock. */
  private static final Duration CLOCK_CHANGE = Duration.ofHours(3);

  /** One minute, and four other fields. So it begins at most once an hour. */
  private static final Pattern SCHEDULE = Pattern.compile("[0-9]{1,2}(\\s+\\S+){4}");

  /**
   * Parses a cron expression of five fields: minute, hour, day of month, month, day of week. The
   * first is one minute. Throws {@link IllegalArgumentException} for another text.
   */
  static RecurringWindow parse(String schedule, ZoneId zone, Duration length, boolean repeats) {
    if (!SCHEDULE.matcher(schedule.strip()).matches()) {
      throw new IllegalArgumentException("a schedule has five fields, and begins with a minute");
    }
    return new RecurringWindow(
        CronExpression.parse("0 " + schedule.strip()), zone, length, repeats);
  }

  /** The windows that end after a time, the earliest first. Endless, unless there is none. */
  Stream<Opening> endingAfter(Instant from) {
    LocalDateTime before =
        LocalDateTime.ofInstant(from.minus(length).minus(CLOCK_CHANGE), zone).minusSeconds(1);
    return Stream.iterate(starts.next(before), RecurringWindow::exists, start -> starts.next(start))
        .flatMap(this::openings)
        .filter(window -> window.end().isAfter(from));
  }

  private static boolean exists(@Nullable LocalDateTime start) {
    return start != null;
  }

  // ZonedDateTime moves a time in a gap forward, and takes the first of two equal times.
  private Stream<Opening> openings(LocalDateTime start) {
    ZonedDateTime first = start.atZone(zone);
    ZonedDateTime last = first.withLaterOffsetAtOverlap();
    return (repeats && !last.isEqual(first) ? Stream.of(first, last) : Stream.of(first))
        .map(ZonedDateTime::toInstant)
        .map(from -> new Opening(from, from.plus(length)));
  }

  /** Whether it begins at a time after this one. */
  boolean comesAfter(Instant from) {
    return endingAfter(from).findFirst().isPresent();
  }
}
