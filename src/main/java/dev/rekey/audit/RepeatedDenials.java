package dev.rekey.audit;

import dev.rekey.access.Caller;
import dev.rekey.upstream.Subject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Counts denials of one actor and route that follow each other within a minute, in the memory of
 * this replica. Where there are too many to remember, the oldest minute ends early.
 */
final class RepeatedDenials {

  static final int MAX_OPEN = 5_000;

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final Map<Kind, Minute> open = new LinkedHashMap<>();
  private final Deque<AuditEntry> ended = new ArrayDeque<>();
  private final Clock clock;

  RepeatedDenials(Clock clock) {
    this.clock = clock;
  }

  private record Kind(String actor, String route) {}

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

  /** Counts one, and says whether it is the first of its minute. */
  synchronized boolean isFirst(Caller caller, @Nullable Subject subject) {
    Instant now = clock.instant();
    endUntil(now);
    var kind = new Kind(caller.id(), caller.route());
    Minute minute = open.get(kind);
    if (minute != null) {
      minute.repeat(subject);
      return false;
    }
    if (open.size() == MAX_OPEN) {
      endOldest();
    }
    open.put(kind, new Minute(now.plus(MINUTE), caller, subject));
    return true;
  }

  /** Tells, once, of the minutes that ended with repetitions. */
  synchronized List<AuditEntry> ended() {
    endUntil(clock.instant());
    return drain();
  }

  /** As {@link #ended}, with all minutes ending now. */
  synchronized List<AuditEntry> endAll() {
    endUntil(Instant.MAX);
    return drain();
  }

  private List<AuditEntry> drain() {
    var all = new ArrayList<>(ended);
    ended.clear();
    return all;
  }

  // They began in this order, and all last the same.
  private void endUntil(Instant now) {
    while (!open.isEmpty() && !open.values().iterator().next().end.isAfter(now)) {
      endOldest();
    }
  }

  private void endOldest() {
    var minutes = open.values().iterator();
    Minute oldest = minutes.next();
    minutes.remove();
    if (oldest.repeats > 0) {
      ended.add(AuditEntry.repeats(oldest.first, oldest.subject, oldest.repeats));
    }
  }
}
