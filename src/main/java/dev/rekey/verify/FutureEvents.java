package dev.rekey.verify;

import dev.rekey.audit.chain.CanonicalBytes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Collects events that are dated in the future, as no service's clock says. */
final class FutureEvents {

  /** How far the clocks of the service and of the database may differ. */
  static final Duration SKEW = Duration.ofMinutes(1);

  /** Whether an event {@code e} of the database is one. */
  static final String IS_FUTURE =
      "e.occurred_at > clock_timestamp() + interval '%s s'".formatted(SKEW.toSeconds());

  private long events;
  private String first = "";

  /** Adds the event of a link if it is dated after a time; false if it is not. */
  boolean add(Link link, Instant now) {
    if (!link.isDated || link.writtenAt() <= CanonicalBytes.micros(now.plus(SKEW))) {
      return false;
    }
    if (events++ == 0) {
      first = "event %s, seq %d, of %s".formatted(link.id, link.seq, time(link));
    }
    return true;
  }

  private static Instant time(Link link) {
    return CanonicalBytes.instant(link.writtenAt());
  }

  /** Sentences for the report; empty if there are no such events. */
  List<String> notes() {
    return events == 0
        ? List.of()
        : List.of(
            "%d sealed events are dated in the future. The first is %s.".formatted(events, first));
  }
}
