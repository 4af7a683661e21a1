package dev.rekey.audit.aggregate;

import dev.rekey.platform.query.QueryText;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * The time of a chart and its buckets.
 *
 * @param from inclusive; the first bucket may start earlier
 * @param to exclusive; the last bucket may end later
 * @param starts the start of each bucket, ascending
 */
record Buckets(Instant from, Instant to, BucketSize size, ZoneId zone, List<Instant> starts) {

  static final int MAX_BUCKETS = 2_500;

  static Buckets of(Instant from, Instant to, BucketSize size, ZoneId zone) {
    List<Instant> starts = size.starts(from, to, zone, MAX_BUCKETS);
    if (starts.size() > MAX_BUCKETS) {
      throw QueryText.invalid(
          "These are more than "
              + MAX_BUCKETS
              + " buckets. Use a shorter time or a larger bucket.");
    }
    return new Buckets(from, to, size, zone, starts);
  }

  /** A time; the start is inclusive, the end exclusive. */
  record Span(Instant from, Instant to) {}

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
