package dev.rekey.audit.tail;

import dev.rekey.audit.AuditEvent;
import dev.rekey.audit.AuditEvents;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
 * The followers that wait for something to be sealed. However many they are, they cost one thread
 * and one query every 200 ms; while there is none, they cost nothing.
 */
@Component
class Followers implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(Followers.class);

  private static final Duration PAUSE = Duration.ofMillis(200);

  /** Whoever comes when so many wait is answered at once. */
  private static final int MOST = 2_000;

  /** How often a follower looks for itself before it is answered that there is nothing. */
  private static final int MOST_LOOKS = 3;

  /** How many of the newest events are remembered for those who come back for more. */
  private static final int REMEMBERED = 1_000;

  private final SealedEvents events;

  // All that follows is guarded by this.
  private final Set<Follower> waiting = new HashSet<>();
  private boolean running;
  private @Nullable Thread watcher;

  /** The place up to which everybody who waits has been offered everything. */
  private long offered;

  /** What was offered last, ascending; all there is behind {@link #rememberedSince}. */
  private final ArrayDeque<AuditEvent> remembered = new ArrayDeque<>();

  private long rememberedSince;

  Followers(SealedEvents events, MeterRegistry meters) {
    this.events = events;
    Gauge.builder("rekey.audit.followers.waiting", this, Followers::count)
        .description("followers of the history that wait for something to be sealed")
        .register(meters);
  }

  /**
   * Answers the follower when something is sealed that it wants, or when it has waited for long
   * enough; at once if it has no patience or cannot wait here now.
   */
  void serve(Follower follower) {
    for (int looks = 0; looks < MOST_LOOKS; looks++) {
      if (looks > 0 || !remind(follower)) {
        follower.look(events);
      }
      if (follower.isServed() || follower.isDue()) {
        break;
      }
      if (letWait(follower)) {
        return;
      }
    }
    follower.answer();
  }

  /**
   * Offers what is remembered, so that those who were just answered and ask again cost no query
   * each; false if the follower is not that far yet.
   */
  private synchronized boolean remind(Follower follower) {
    if (watcher == null || follower.place() < rememberedSince || follower.place() > offered) {
      return false;
    }
    follower.offer(remembered, offered);
    return true;
  }

  /** Not if what was sealed has been offered, to those who wait, from farther on already. */
  private synchronized boolean letWait(Follower follower) {
    if (!running || waiting.size() >= MOST) {
      return false;
    }
    if (watcher == null && waiting.isEmpty()) {
      offered = follower.head();
      remembered.clear();
      rememberedSince = offered;
    } else if (follower.head() < offered) {
      return false;
    }
    waiting.add(follower);
    if (watcher == null) {
      watcher = Thread.ofVirtual().name("rekey-audit-followers").start(this::watch);
    }
    return true;
  }

  /** Answers a follower whose time is up, if it still waits. */
  void dismiss(Follower follower) {
    answer(each -> each == follower);
  }

  synchronized void forget(Follower follower) {
    waiting.remove(follower);
  }

  private synchronized int count() {
    return waiting.size();
  }

  private void watch() {
    try {
      while (isAnybodyWaiting()) {
        look();
        answer(Follower::isDue);
        Thread.sleep(PAUSE);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this thread", e);
    } finally {
      end();
    }
  }

  private void look() {
    try {
      offer(events.sealedSince(offered()));
    } catch (DataAccessException | TransactionException e) {
      log.warn("Followers wait longer: {}", e.getClass().getSimpleName());
    } catch (RuntimeException e) {
      log.error("Looking for what was sealed failed", e);
    }
  }

  /** If not, the next one who wants to wait needs another thread. */
  private synchronized boolean isAnybodyWaiting() {
    if (waiting.isEmpty() || !running) {
      end();
      return false;
    }
    return true;
  }

  private synchronized void end() {
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
    long through = AuditEvents.seq(sealed.getLast());
    synchronized (this) {
      offered = through;
      remember(sealed);
      waiting.forEach(follower -> follower.offer(sealed, through));
    }
    answer(Follower::isServed);
  }

  private void remember(List<AuditEvent> sealed) {
    remembered.addAll(sealed);
    while (remembered.size() > REMEMBERED) {
      rememberedSince = AuditEvents.seq(remembered.removeFirst());
    }
  }

  /** Outside of the lock, because it may take the thread along to write the answer. */
  private void answer(Predicate<Follower> which) {
    List<Follower> chosen;
    synchronized (this) {
      chosen = waiting.stream().filter(which).toList();
      chosen.forEach(waiting::remove);
    }
    chosen.forEach(Followers::answer);
  }

  private static void answer(Follower follower) {
    try {
      follower.answer();
    } catch (RuntimeException e) {
      // The others have to be answered all the same.
      log.debug("A follower is gone", e);
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
    answer(_ -> true);
  }

  @Override
  public synchronized boolean isRunning() {
    return running;
  }

  /** Before the web server waits for its requests to end. */
  @Override
  public int getPhase() {
    return WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE + 1;
  }
}
