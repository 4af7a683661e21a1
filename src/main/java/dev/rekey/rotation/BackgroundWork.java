package dev.rekey.rotation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * What every replica does by itself, each in a loop of its own, so that one that waits for an
 * upstream does not hold the others up. At a stop no new round begins, and those under way end.
 */
@Component
class BackgroundWork implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(BackgroundWork.class);

  private static final Duration BACKFILL_EVERY = Duration.ofSeconds(1);
  private static final Duration FORGET_EVERY = Duration.ofHours(1);

  private final List<Loop> loops;
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean running;

  private record Loop(String name, Duration every, Runnable round) {}

  BackgroundWork(
      Reconciler reconciler,
      Retirements retirements,
      LateRecords lateRecords,
      RotationProperties properties) {
    this.loops =
        List.of(
            new Loop("reconcile", properties.reconcileEvery(), reconciler::sweep),
            new Loop("retire", properties.retireEvery(), retirements::sweep),
            new Loop("backfill", BACKFILL_EVERY, lateRecords::write),
            new Loop("forget-keys", FORGET_EVERY, reconciler::forgetKeys));
  }

  @Override
  public synchronized void start() {
    running = true;
    loops.forEach(
        loop ->
            threads.add(Thread.ofVirtual().name("rekey-" + loop.name()).start(() -> run(loop))));
  }

  private void run(Loop loop) {
    while (running) {
      try {
        loop.round().run();
      } catch (DataAccessException | TransactionException e) {
        log.warn("{} is put off: {}", loop.name(), e.getClass().getSimpleName());
      } catch (RuntimeException e) {
        log.error("{} failed", loop.name(), e);
      }
      rest(loop.every());
    }
  }

  // Jittered, so that replicas that started together do not stay together.
  private synchronized void rest(Duration every) {
    long millis = Math.max(1, every.toMillis());
    long end =
        System.nanoTime()
            + (millis - ThreadLocalRandom.current().nextLong(millis / 5 + 1)) * 1_000_000;
    try {
      for (long left = end - System.nanoTime();
          running && left > 0;
          left = end - System.nanoTime()) {
        wait(Math.max(1, left / 1_000_000));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      running = false;
    }
  }

  /** While the web server lets its requests end, so that neither waits for the other. */
  @Override
  public int getPhase() {
    return WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE;
  }

  @Override
  public void stop(Runnable ended) {
    Thread.ofVirtual()
        .start(
            () -> {
              stop();
              ended.run();
            });
  }

  @Override
  public void stop() {
    synchronized (this) {
      running = false;
      notifyAll();
    }
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
    threads.clear();
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
