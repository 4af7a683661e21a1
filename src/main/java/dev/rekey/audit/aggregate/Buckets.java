package dev.rekey.audit.aggregate;

import dev.rekey.platform.query.QueryText;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * The time that a chart shows, cut into buckets.
 *
 * @param from inclusive; the first bucket may begin before
 * @param to exclusive; the last bucket may end behind
 * @param starts where each bucket begins, ascending
 */
record Buckets(Instant from, Instant to, BucketSize size, ZoneId zone, List<Instant> starts) {

  static final int MOST = 2_500;

  private static final Duration HOUR = Duration.ofHours(1);

  static Buckets of(Instant from, Instant to, BucketSize size, ZoneId zone) {
    List<Instant> starts = size.starts(from, to, zone, MOST);
    if (starts.size() > MOST) {
      throw QueryText.invalid(
          "That would be more than "
              + MOST
              + " buckets; ask for a shorter time, or for a larger bucket.");
    }
    return new Buckets(from, to, size, zone, starts);
  }

  /** A time from a start, inclusive, to an end, exclusive. */
  record Span(Instant from, Instant to) {}

  /** What can be counted by whole hours of UTC. With {@link #edges}, all there is, once each. */
  List<Span> wholeHours() {
    var spans = new ArrayList<Span>();
    Instant begin = ceiling(from);
    for (Instant cut : cuts()) {
      add(spans, begin, floor(cut));
      begin = ceiling(cut);
    }
    add(spans, begin, floor(to));
    return spans;
  }

  /** What of it cannot. */
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

  /** Where a bucket begins amid an hour of UTC. */
  private TreeSet<Instant> cuts() {
    var cuts = new TreeSet<Instant>();
    starts.stream()
        .filter(start -> start.isAfter(from) && !floor(start).equals(start))
        .forEach(cuts::add);
    return cuts;
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
    Instant floor = floor(time);
    return floor.equals(time) ? time : floor.plus(HOUR);
  }
}
