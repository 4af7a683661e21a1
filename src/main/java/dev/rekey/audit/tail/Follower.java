package dev.rekey.audit.tail;

import dev.rekey.audit.AuditEvent;
import dev.rekey.audit.AuditEvents;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/**
 * Somebody who wants what is behind a place in the chain, now or when it is sealed. Not
 * thread-safe; while it waits, {@link Followers} guards it.
 */
final class Follower {

  private final Following following;
  private final long deadline;
  private final Consumer<TailPage> answer;
  private TailPage page;

  /**
   * Somebody who wants to know soon.
   *
   * @param patience how long there may be nothing to tell
   * @param answer takes what is found, or that nothing was
   */
  Follower(Following following, long after, Duration patience, Consumer<TailPage> answer) {
    this.following = following;
    this.deadline = System.nanoTime() + patience.toNanos();
    this.answer = answer;
    this.page = new TailPage(List.of(), after, after, 0);
  }

  /** Looks for itself. */
  void look(SealedEvents events) {
    page = events.read(following, page.nextAfterSeq());
  }

  /** Up to where it has been told. */
  long place() {
    return page.nextAfterSeq();
  }

  /** How much was sealed when it last looked. */
  long head() {
    return page.headSeq();
  }

  /** Takes what it wants of what was sealed up to a place, some of which it may know. */
  void offer(Collection<AuditEvent> sealed, long through) {
    long after = page.nextAfterSeq();
    var wanted = new ArrayList<AuditEvent>();
    for (AuditEvent event : sealed) {
      if (wanted.size() < following.limit()
          && AuditEvents.seq(event) > after
          && following.wants(event)) {
        wanted.add(event);
      }
    }
    long next =
        wanted.size() < following.limit()
            ? Math.max(after, through)
            : AuditEvents.seq(wanted.getLast());
    page = new TailPage(wanted, next, through, 0);
  }

  /** Whether there is something to tell. */
  boolean isServed() {
    return page.isWorthTelling();
  }

  boolean isDue() {
    return System.nanoTime() - deadline >= 0;
  }

  void answer() {
    answer.accept(page);
  }
}
