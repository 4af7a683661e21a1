package dev.rekey.audit.tail;

import dev.rekey.access.Visibility;
import dev.rekey.audit.AuditEvent;
import dev.rekey.audit.AuditFilter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/**
 * A request for the events after a sequence number, which may wait until there is one. Not
 * thread-safe; {@link Followers} guards it while it waits.
 */
final class Follower {

  /** The events that a follower wants, at most {@code limit} on a page. */
  record Following(AuditFilter filter, Visibility visibility, int limit) {

    boolean wants(AuditEvent event) {
      return visibility.includes(event.subject()) && filter.matches(event);
    }

    boolean wantsAll() {
      return filter.isEmpty() && visibility instanceof Visibility.All;
    }
  }

  private final Following following;
  private final long deadline;
  private final Consumer<TailPage<AuditEvent>> response;
  private TailPage<AuditEvent> page;

  /** The time to wait starts now. If it is over, the response gets an empty page. */
  Follower(
      Following following, long after, Duration wait, Consumer<TailPage<AuditEvent>> response) {
    this.following = following;
    this.deadline = System.nanoTime() + wait.toNanos();
    this.response = response;
    this.page = new TailPage<>(List.of(), after, after, NotRetained.NONE);
  }

  /** Reads the next page from the database. */
  void read(SealedEvents events) {
    page = events.read(following, page.nextAfterSeq());
  }

  /** The sequence number up to which it has seen all events. */
  long position() {
    return page.nextAfterSeq();
  }

  /** The greatest sequence number when it last read. */
  long head() {
    return page.headSeq();
  }

  /**
   * Takes the events that it wants from the sealed events up to a sequence number. Some of them may
   * be before its position.
   */
  void offer(Collection<AuditEvent> sealed, long through) {
    long after = page.nextAfterSeq();
    var wanted = new ArrayList<AuditEvent>();
    for (AuditEvent event : sealed) {
      if (wanted.size() < following.limit()
          && event.sealedSeq() > after
          && following.wants(event)) {
        wanted.add(event);
      }
    }
    long next =
        wanted.size() < following.limit() ? Math.max(after, through) : wanted.getLast().sealedSeq();
    page = new TailPage<>(wanted, next, through, NotRetained.NONE);
  }

  boolean isReady() {
    return page.isReady();
  }

  boolean isTimedOut() {
    return System.nanoTime() - deadline >= 0;
  }

  void respond() {
    response.accept(page);
  }
}
