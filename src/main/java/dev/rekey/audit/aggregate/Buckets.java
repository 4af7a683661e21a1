package dev.rekey.audit.aggregate;

import dev.rekey.platform.query.QueryText;
import dev.rekey.platform.query.TimeRange;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The time of a chart and its buckets.
 *
 * @param from inclusive; the first bucket may start earlier
 * @param to exclusive; the last bucket may end later
 * @param starts the start of each bucket, ascending
 */
record Buckets(Instant from, Instant to, BucketSize size, ZoneId zone, List<Instant> starts) {

  static final int MAX_BUCKETS = 2_500;

  /** A smaller size is chosen if there are no more buckets than these. */
  static final int ENOUGH_BUCKETS = 120;

  private static final Duration DEFAULT_SPAN = Duration.ofHours(24);

  /** A time; the start is inclusive, the end exclusive. */
  record Span(Instant from, Instant to) {}

  /**
   * The ends of the time that a request names. A missing one is an end of a bucket, so that it is
   * the same until the next bucket begins.
   */
  record Ends(@Nullable Instant from, @Nullable Instant to, Instant now) {

    /** Throws an {@code invalid-parameter} problem if the time is empty. */
    private Span of(BucketSize size, ZoneId zone) {
      TimeRange.ordered(from, to);
      Instant current = size.start(now, zone);
      Instant last = to == null ? current : to;
      Instant start = from == null ? size.start(last.minus(DEFAULT_SPAN), zone) : from;
      Instant end = to == null ? size.next(current, zone) : to;
      TimeRange.ordered(start, end);
      return new Span(start, end);
    }
  }

  /**
   * Uses the first size with few enough buckets, or else the last one.
   *
   * @param sizes ascending
   */
  static Buckets of(Ends ends, List<BucketSize> sizes, ZoneId zone) {
    for (BucketSize size : sizes.subList(0, sizes.size() - 1)) {
      Buckets buckets = of(ends, size, zone, ENOUGH_BUCKETS);
      if (buckets.starts().size() <= ENOUGH_BUCKETS) {
        return buckets;
      }
    }
    return of(ends, sizes.getLast(), zone, MAX_BUCKETS);
  }

  private static Buckets of(Ends ends, BucketSize size, ZoneId zone, int limit) {
    Span span = ends.of(size, zone);
    return new Buckets(
        span.from(), span.to(), size, zone, size.starts(span.from(), span.to(), zone, limit));
  }

  /** Throws an {@code invalid-parameter} problem if there are too many buckets. */
  Buckets limited() {
    if (starts.size() > MAX_BUCKETS) {
      throw QueryText.invalid(
          "These are more than "
              + MAX_BUCKETS
              + " buckets. Use a shorter time or a larger bucket.");
    }
    return this;
  }

  /** All of the time as one bucket. */
  Buckets asOne() {
    return new Buckets(from, to, size, zone, List.of(from));
  }

  /** The time that whole UTC hours cover. Together with {@link #edges} it is all of the time. */
  List<Span> wholeHours() {
    var spans = new ArrayList<Span>();
    Instant begin = ceiling(from);
    for (Instant start : starts) {
      if (start.isAfter(from) && !floor(start).equals(start)) {
        add(spans, begin, floor(start));
        begin = ceiling(start);
      }
    }
    add(spans, begin, floor(to));
    return spans;
  }

  /** The time that no whole UTC hour of one bucket covers. */
  List<Span> edges() {
    var spans = new ArrayList<Span>();
    Instant begin = from;
    for (Span hours : wholeHours()) {
      add(spans, begin, hours.from());
      begin = hours.to();
    }
    add(spans, begin, to);
    return spans;
  }

  private static void add(List<Span> spans, Instant from, Instant to) {
    if (from.isBefore(to)) {
      spans.add(new Span(from, to));
    }
  }

  private static Instant floor(Instant time) {
    return time.truncatedTo(ChronoUnit.HOURS);
  }

  private static Instant ceiling(Instant time) {
    return floor(time.plus(1, ChronoUnit.HOURS).minusNanos(1));
  }
}
