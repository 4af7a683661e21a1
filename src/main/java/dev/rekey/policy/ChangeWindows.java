package dev.rekey.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * When rotations may start: within an allowed window, or at any time if there is none, but never
 * within a denied one. Thread-safe.
 */
public final class ChangeWindows {

  /** Rotations may always start. */
  public static final ChangeWindows ALWAYS = new ChangeWindows(List.of(), List.of());

  private static final Duration HORIZON = Duration.ofDays(5 * 366L);
  private static final Duration LOOK_BACK = Duration.ofDays(35);
  private static final int REMEMBERED = 1_000;

  private final List<RecurringWindow> allowed;
  private final List<RecurringWindow> denied;
  // An opening, by a time from which it is the next one.
  private final ConcurrentSkipListMap<Instant, Opening> known = new ConcurrentSkipListMap<>();

  ChangeWindows(List<RecurringWindow> allowed, List<RecurringWindow> denied) {
    this.allowed = List.copyOf(allowed);
    this.denied = List.copyOf(denied);
  }

  boolean areAlways() {
    return allowed.isEmpty() && denied.isEmpty();
  }

  /** The opening that includes a time, or else the next one; empty if none comes in five years. */
  Optional<Opening> next(Instant from) {
    if (areAlways()) {
      return Optional.of(Opening.ALWAYS);
    }
    Map.Entry<Instant, Opening> earlier = known.floorEntry(from);
    if (earlier != null && from.isBefore(earlier.getValue().end())) {
      return Optional.of(earlier.getValue());
    }
    Optional<Opening> found = find(from);
    found.ifPresent(
        opening -> {
          if (known.size() >= REMEMBERED) {
            known.clear();
          }
          known.put(from, opening);
        });
    return found;
  }

  private Optional<Opening> find(Instant from) {
    Instant at = from;
    while (at.isBefore(from.plus(HORIZON))) {
      Opening allow = allowed.isEmpty() ? Opening.ALWAYS : joined(allowed, at);
      if (allow == null) {
        return Optional.empty();
      }
      Instant start = Instants.later(at, allow.start());
      Opening deny = joined(denied, start);
      if (deny == null || deny.start().isAfter(start)) {
        Instant end = deny == null ? allow.end() : Instants.earlier(allow.end(), deny.start());
        return Optional.of(new Opening(begin(allow, start), end));
      }
      at = deny.end();
    }
    return Optional.empty();
  }

  /** When the part of an allowed time that includes {@code at} began. */
  private Instant begin(Opening allow, Instant at) {
    Instant begin = allow.start();
    Instant from = Instants.later(allow.start(), at.minus(LOOK_BACK));
    for (Opening deny = joined(denied, from);
        deny != null && !deny.end().isAfter(at);
        deny = joined(denied, deny.end())) {
      begin = deny.end();
    }
    return begin;
  }

  /**
   * The first time without a gap that is covered by windows and ends after {@code from}; null if
   * there is none.
   */
  private static @Nullable Opening joined(List<RecurringWindow> windows, Instant from) {
    Duration back =
        windows.stream().map(RecurringWindow::length).reduce(Duration.ZERO, Duration::plus);
    Opening covered = null;
    for (Iterator<Opening> next = merged(windows, from.minus(back)); next.hasNext(); ) {
      Opening window = next.next();
      if (covered == null || window.start().isAfter(covered.end())) {
        if (covered != null && covered.end().isAfter(from)) {
          return covered;
        }
        covered = window;
      } else {
        covered = new Opening(covered.start(), Instants.later(covered.end(), window.end()));
      }
      if (covered.end().isAfter(from.plus(HORIZON))) {
        return covered;
      }
    }
    return covered != null && covered.end().isAfter(from) ? covered : null;
  }

  /** All windows in the order of their starts. */
  private static Iterator<Opening> merged(List<RecurringWindow> windows, Instant from) {
    record Source(Opening next, Iterator<Opening> rest) {}
    var sources = new PriorityQueue<Source>(Comparator.comparing(source -> source.next().start()));
    for (RecurringWindow window : windows) {
      Iterator<Opening> all = window.endingAfter(from).iterator();
      if (all.hasNext()) {
        sources.add(new Source(all.next(), all));
      }
    }
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return !sources.isEmpty();
      }

      @Override
      public Opening next() {
        Source first = sources.remove();
        if (first.rest().hasNext()) {
          sources.add(new Source(first.rest().next(), first.rest()));
        }
        return first.next();
      }
    };
  }

  /** Whether rotations could never start, seen from a time. */
  boolean areNever(Instant from) {
    return next(from).isEmpty();
  }
}
