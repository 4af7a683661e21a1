package dev.rekey.verify;

import dev.rekey.audit.chain.CanonicalBytes;
import dev.rekey.audit.chain.EventColumns;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Finds where in the table the events of some links lie: mostly in one piece. Where transactions
 * overlapped, or something was written after the fact, in a few, so that little is read in vain.
 */
final class Windows {

  private static final int MOST = 8;

  // What PostgreSQL and Java write alike; no event is outside unless somebody put it there.
  private static final long EARLIEST = CanonicalBytes.micros(Instant.parse("1970-01-01T00:00:00Z"));
  private static final long LATEST = CanonicalBytes.micros(Instant.parse("9999-12-31T00:00:00Z"));

  private static final Comparator<Link> BY_PLACE =
      Comparator.<Link>comparingLong(link -> link.occurredAt)
          .thenComparing(Windows::idOf, Windows::compare);

  private Windows() {}

  private static UUID idOf(Link link) {
    return Objects.requireNonNull(link.id);
  }

  /** As PostgreSQL does, and {@link UUID#compareTo} does not. */
  private static int compare(UUID one, UUID other) {
    int most = Long.compareUnsigned(one.getMostSignificantBits(), other.getMostSignificantBits());
    return most != 0
        ? most
        : Long.compareUnsigned(one.getLeastSignificantBits(), other.getLeastSignificantBits());
  }

  /** A query for their events, which may give some others; null if there can be none. */
  static @Nullable String query(List<Link> links) {
    var places = new ArrayList<Link>(links.size());
    for (Link link : links) {
      if (link.id != null && link.occurredAt >= EARLIEST && link.occurredAt <= LATEST) {
        places.add(link);
      }
    }
    if (places.isEmpty()) {
      return null;
    }
    places.sort(BY_PLACE);
    var windows = new ArrayList<String>();
    int start = 0;
    for (int end : ends(places)) {
      windows.add(window(places.get(start), places.get(end - 1)));
      start = end;
    }
    return String.join(" union all ", windows);
  }

  /** Behind which places a window ends: those before the longest gaps, and the last. */
  private static List<Integer> ends(List<Link> places) {
    var longest =
        new PriorityQueue<Integer>(Comparator.comparingLong(place -> gapBefore(places, place)));
    for (int i = 1; i < places.size(); i++) {
      if (longest.size() < MOST - 1) {
        longest.add(i);
      } else if (gapBefore(places, i) > gapBefore(places, longest.element())) {
        longest.remove();
        longest.add(i);
      }
    }
    var ends = new ArrayList<>(longest);
    ends.add(places.size());
    ends.sort(Comparator.naturalOrder());
    return ends;
  }

  private static long gapBefore(List<Link> places, int place) {
    return places.get(place).occurredAt - places.get(place - 1).occurredAt;
  }

  private static String window(Link first, Link last) {
    // The times alone are for finding the months.
    return "select "
        + EventColumns.SELECTED
        + " from audit_event e where e.occurred_at >= '"
        + time(first)
        + "' and e.occurred_at <= '"
        + time(last)
        + "' and (e.occurred_at, e.id) >= "
        + place(first)
        + " and (e.occurred_at, e.id) <= "
        + place(last);
  }

  private static String place(Link link) {
    return "('" + time(link) + "'::timestamptz, '" + link.id + "'::uuid)";
  }

  private static Instant time(Link link) {
    return CanonicalBytes.instant(link.occurredAt);
  }
}
