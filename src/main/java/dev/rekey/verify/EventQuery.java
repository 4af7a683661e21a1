package dev.rekey.verify;

import dev.rekey.audit.chain.CanonicalBytes;
import dev.rekey.audit.chain.EventColumns;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Builds a query for the events of some links. A few ranges avoid most other events. */
final class EventQuery {

  private static final int MAX_RANGES = 8;

  // The years that PostgreSQL and Java format alike; only a forged event is outside.
  private static final long EARLIEST = CanonicalBytes.micros(Instant.parse("1970-01-01T00:00:00Z"));
  private static final long LATEST = CanonicalBytes.micros(Instant.parse("9999-12-31T00:00:00Z"));

  // An id's text sorts like the id in PostgreSQL, unlike UUID.compareTo.
  private static final Comparator<Link> BY_TIME_AND_ID =
      Comparator.<Link>comparingLong(link -> link.occurredAt)
          .thenComparing(link -> String.valueOf(link.id));

  private EventQuery() {}

  /** A query that returns the links' events, and possibly others; null if there are none. */
  static @Nullable String query(List<Link> links) {
    List<Link> sorted =
        links.stream()
            .filter(link -> link.id != null)
            .filter(link -> link.occurredAt >= EARLIEST && link.occurredAt <= LATEST)
            .sorted(BY_TIME_AND_ID)
            .toList();
    if (sorted.isEmpty()) {
      return null;
    }
    var ranges = new ArrayList<String>();
    int start = 0;
    for (int end : ends(sorted)) {
      ranges.add(range(sorted.get(start), sorted.get(end - 1)));
      start = end;
    }
    return String.join(" union all ", ranges);
  }

  /** The ends of the ranges, exclusive: the positions of the longest gaps, and the end. */
  private static List<Integer> ends(List<Link> links) {
    var longest = new PriorityQueue<Integer>(Comparator.comparingLong(i -> gapBefore(links, i)));
    for (int i = 1; i < links.size(); i++) {
      if (longest.size() < MAX_RANGES - 1) {
        longest.add(i);
      } else if (gapBefore(links, i) > gapBefore(links, longest.element())) {
        longest.remove();
        longest.add(i);
      }
    }
    var ends = new ArrayList<>(longest);
    ends.add(links.size());
    ends.sort(Comparator.naturalOrder());
    return ends;
  }

  private static long gapBefore(List<Link> links, int i) {
    return links.get(i).occurredAt - links.get(i - 1).occurredAt;
  }

  private static String range(Link first, Link last) {
    // The conditions on the time alone let PostgreSQL prune partitions.
    return """
    select %s from audit_event e where e.occurred_at between '%s' and '%s'
      and (e.occurred_at, e.id) >= %s and (e.occurred_at, e.id) <= %s
    """
        .formatted(EventColumns.SELECTED, time(first), time(last), position(first), position(last));
  }

  private static String position(Link link) {
    return "('" + time(link) + "'::timestamptz, '" + link.id + "'::uuid)";
  }

  private static Instant time(Link link) {
    return CanonicalBytes.instant(link.occurredAt);
  }
}
