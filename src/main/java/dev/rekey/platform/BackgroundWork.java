package dev.rekey.platform;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
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
public class BackgroundWork implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(BackgroundWork.class);

  private final List<Round> rounds;
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean running;

  /**
   * Something to be done again and again.
   *
   * @param name what the log calls it
   * @param every the pause between the end of one and the next; up to a fifth shorter
   * @param work logs what only concerns itself; what it throws is logged, and it is run again
   */
  public record Round(String name, Duration every, Runnable work) {}

  /** Who has several rounds, how many only it knows. */
  public interface Rounds {
    Stream<Round> rounds();
  }

  BackgroundWork(List<Round> single, List<Rounds> several) {
    this.rounds = Stream.concat(single.stream(), several.stream().flatMap(Rounds::rounds)).toList();
  }

  @Override
  public synchronized void start() {
    running = true;
    rounds.forEach(
        round ->
            threads.add(Thread.ofVirtual().name("rekey-" + round.name()).start(() -> run(round))));
  }

  private void run(Round round) {
    while (running) {
      try {
        round.work().run();
      } catch (DataAccessException | TransactionException e) {
        log.warn("{} is put off: {}", round.name(), e.getClass().getSimpleName());
      } catch (RuntimeException e) {
        log.error("{} failed", round.name(), e);
      }
      rest(round.every());
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
