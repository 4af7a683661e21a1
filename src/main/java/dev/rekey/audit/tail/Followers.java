package dev.rekey.audit.tail;

import dev.rekey.audit.AuditEvent;
import dev.rekey.audit.tail.Follower.Following;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * The followers that wait for an event to be sealed. All of them together cost one thread and one
 * query every 200 ms, and nothing while there is none.
 */
@Component
class Followers implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(Followers.class);

  private static final Duration PAUSE = Duration.ofMillis(200);

  /** If so many wait, others get a response at once. */
  private static final int MAX_WAITING = 2_000;

  /** A follower that cannot wait because events were sealed meanwhile reads again so often. */
  private static final int MAX_READS = 3;

  /** How many of the newest events stay in memory for followers that return. */
  private static final int MAX_RECENT = 1_000;

  private final SealedEvents events;

  // All fields below are guarded by this.
  private final Set<Follower> waiting = new HashSet<>();
  private boolean running;
  private @Nullable Thread watcher;

  /** The sequence number up to which all events were offered to the waiting followers. */
  private long offered;

  /** The newest offered events, ascending: all after {@link #recentAfter}. */
  private final ArrayDeque<AuditEvent> recent = new ArrayDeque<>();

  private long recentAfter;

  Followers(SealedEvents events, MeterRegistry meters) {
    this.events = events;
    Gauge.builder("rekey.audit.followers.waiting", this, Followers::count)
        .description("Requests for the tail of the history that wait for an event")
        .register(meters);
  }

  /**
   * Responds to the follower when there is an event that it wants or its time is over; at once if
   * it does not want to wait or cannot wait now.
   */
  void serve(Follower follower) {
    for (int reads = 0; reads < MAX_READS; reads++) {
      // The events in memory may be 200 ms old, which is too old for one that does not wait.
      if (reads > 0 || follower.isTimedOut() || !offerRecent(follower)) {
        follower.read(events);
      }
      if (follower.isReady() || follower.isTimedOut()) {
        break;
      }
      if (enqueue(follower)) {
        return;
      }
    }
    follower.respond();
  }

  /**
   * Waits in this thread until there is an event that the follower wants, or its time is over.
   * Empty if it cannot wait now: too many wait already, or this replica stops.
   *
   * @param after the sequence number after which the events start
   */
  Optional<TailPage<AuditEvent>> await(Following following, long after, Duration wait) {
    var response = new CompletableFuture<TailPage<AuditEvent>>();
    var follower = new Follower(following, after, wait, response::complete);
    serve(follower);
    TailPage<AuditEvent> page = response.join();
    return page.isReady() || follower.isTimedOut() ? Optional.of(page) : Optional.empty();
  }

  /**
   * Offers the events in memory, so that a follower that returns costs no query. False if they
   * start after its position or end before it.
   */
  private synchronized boolean offerRecent(Follower follower) {
    if (watcher == null || follower.position() < recentAfter || follower.position() > offered) {
      return false;
    }
    follower.offer(recent, offered);
    return true;
  }

  /** False if the follower cannot wait: newer events than it has seen were offered already. */
  private synchronized boolean enqueue(Follower follower) {
    if (!running || waiting.size() >= MAX_WAITING) {
      return false;
    }
    if (watcher == null && waiting.isEmpty()) {
      offered = follower.head();
      recent.clear();
      recentAfter = offered;
    } else if (follower.head() < offered) {
      return false;
    }
    waiting.add(follower);
    if (watcher == null) {
      watcher = Thread.ofVirtual().name("rekey-audit-followers").start(this::watch);
    }
    return true;
  }

  /** Responds to a follower whose request timed out, if it still waits. */
  void timeOut(Follower follower) {
    respond(each -> each == follower);
  }

  synchronized void remove(Follower follower) {
    waiting.remove(follower);
  }

  private synchronized int count() {
    return waiting.size();
  }

  private void watch() {
    try {
      while (hasWaiting()) {
        poll();
        respond(Follower::isTimedOut);
        Thread.sleep(PAUSE);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nothing interrupts this thread", e);
    } finally {
      stopWatching();
    }
  }

  private void poll() {
    try {
      offer(events.sealedAfter(offered()));
    } catch (DataAccessException | TransactionException e) {
      log.warn("Followers of the history wait longer: {}", e.getClass().getSimpleName());
    } catch (RuntimeException e) {
      log.error("Reading the sealed events failed", e);
    }
  }

  /** If false, the next follower that waits starts another thread. */
  private synchronized boolean hasWaiting() {
    if (waiting.isEmpty() || !running) {
      stopWatching();
      return false;
    }
    return true;
  }

  private synchronized void stopWatching() {
    if (Thread.currentThread().equals(watcher)) {
      watcher = null;
    }
  }

  private synchronized long offered() {
    return offered;
  }

  private void offer(List<AuditEvent> sealed) {
    if (sealed.isEmpty()) {
      return;
    }
    long through = sealed.getLast().sealedSeq();
    synchronized (this) {
      offered = through;
      recent.addAll(sealed);
      while (recent.size() > MAX_RECENT) {
        recentAfter = recent.removeFirst().sealedSeq();
      }
      waiting.forEach(follower -> follower.offer(sealed, through));
    }
    respond(Follower::isReady);
  }

  /** Responds outside of the lock, since writing a response may take long. */
  private void respond(Predicate<Follower> which) {
    List<Follower> chosen;
    synchronized (this) {
      chosen = waiting.stream().filter(which).toList();
      chosen.forEach(waiting::remove);
    }
    chosen.forEach(Followers::respond);
  }

  private static void respond(Follower follower) {
    try {
      follower.respond();
    } catch (RuntimeException e) {
      // The other followers still need their responses.
      log.debug("A follower has disconnected", e);
    }
  }

  @Override
  public synchronized void start() {
    running = true;
  }

  @Override
  public void stop() {
    synchronized (this) {
      running = false;
    }
    respond(_ -> true);
  }

  @Override
  public synchronized boolean isRunning() {
    return running;
  }

  /** Stops before the web server waits for its requests to finish. */
  @Override
  public int getPhase() {
    return WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE + 1;
  }
}
