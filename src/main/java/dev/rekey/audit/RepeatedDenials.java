package dev.rekey.audit;

import dev.rekey.access.Caller;
import dev.rekey.upstream.Subject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Counts the denials of an actor and route within a minute of the first, in the memory of this
 * replica. If there are too many minutes, the oldest is closed early.
 */
final class RepeatedDenials {

  static final int MAX_OPEN = 5_000;

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final Map<Key, Minute> open = new LinkedHashMap<>();
  private final List<AuditEntry> closed = new ArrayList<>();
  private final Clock clock;

  RepeatedDenials(Clock clock) {
    this.clock = clock;
  }

  private record Key(String actor, String route) {}

  private static final class Minute {

    private final Instant end;
    private final Caller first;
    private @Nullable Subject subject;
    private int repeats;

    Minute(Instant end, Caller first, @Nullable Subject subject) {
      this.end = end;
      this.first = first;
      this.subject = subject;
    }

    void repeat(@Nullable Subject other) {
      repeats++;
      subject = Objects.equals(subject, other) ? subject : null;
    }
  }

  /** Counts a denial; true if it is the first of a minute. */
  synchronized boolean isFirst(Caller caller, @Nullable Subject subject) {
    Instant now = clock.instant();
    closeUntil(now);
    var key = new Key(caller.id(), caller.route());
    Minute minute = open.get(key);
    if (minute != null) {
      minute.repeat(subject);
      return false;
    }
    if (open.size() == MAX_OPEN) {
      closeOldest();
    }
    open.put(key, new Minute(now.plus(MINUTE), caller, subject));
    return true;
  }

  /** Returns, once, an entry for each minute that is over and had repetitions. */
  synchronized List<AuditEntry> closed() {
    return closedUntil(clock.instant());
  }

  /** Like {@link #closed}, for all minutes. */
  synchronized List<AuditEntry> closeAll() {
    return closedUntil(Instant.MAX);
  }

  private List<AuditEntry> closedUntil(Instant now) {
    closeUntil(now);
    List<AuditEntry> all = List.copyOf(closed);
    closed.clear();
    return all;
  }

  // The minutes are in the order of their ends, since all are of the same length.
  private void closeUntil(Instant now) {
    while (!open.isEmpty() && !open.values().iterator().next().end.isAfter(now)) {
      closeOldest();
    }
  }

  private void closeOldest() {
    var minutes = open.values().iterator();
    Minute oldest = minutes.next();
    minutes.remove();
    if (oldest.repeats > 0) {
      closed.add(AuditEntry.repeats(oldest.first, oldest.subject, oldest.repeats));
    }
  }
}
