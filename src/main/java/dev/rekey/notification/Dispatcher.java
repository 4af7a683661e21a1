package dev.rekey.notification;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Delivers what is due to one target, a few at a time, so that one that is slow neither holds the
 * others up nor piles up threads.
 */
final class Dispatcher {

  static final int MOST_IN_FLIGHT = 8;

  private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(15);
  private static final Duration LONGEST_WISH = Duration.ofHours(1);

  private final Target target;
  private final Sender sender;
  private final DeliveryLedger ledger;
  private final Counter delivered;
  private final Counter failed;
  private final Counter dead;
  private final Semaphore slots = new Semaphore(MOST_IN_FLIGHT);
  private volatile boolean stopping;
  private volatile boolean failing;

  Dispatcher(Target target, Sender sender, DeliveryLedger ledger, MeterRegistry meters) {
    this.target = target;
    this.sender = sender;
    this.ledger = ledger;
    this.delivered = counter(meters, "delivered");
    this.failed = counter(meters, "failed");
    this.dead = counter(meters, "dead");
  }

  private Counter counter(MeterRegistry meters, String outcome) {
    return Counter.builder("rekey.webhooks.deliveries")
        .description("tries to deliver a webhook, by how they ended; dead: failed, and given up")
        .tag("target", target.name())
        .tag("outcome", outcome)
        .register(meters);
  }

  /** Begins to deliver, without waiting for it, unless as much as may be is under way. */
  void wake() {
    if (!stopping && slots.tryAcquire()) {
      Thread.ofVirtual().name("rekey-webhooks-" + target.name()).start(this::work);
    }
  }

  /** Takes nothing more over, and returns when nothing is under way any more. */
  void stop() {
    stopping = true;
    slots.acquireUninterruptibly(MOST_IN_FLIGHT);
    slots.release(MOST_IN_FLIGHT);
  }

  /** After a stop. */
  void start() {
    stopping = false;
  }

  private void work() {
    try {
      for (var due = claim(); due.isPresent(); due = claim()) {
        // Where there was one, there may be more.
        wake();
        deliver(due.get());
      }
    } catch (DataAccessException | TransactionException e) {
      log.warn("Webhooks to {} are put off: {}", target, e.getClass().getSimpleName());
    } catch (RuntimeException e) {
      log.error("Delivering webhooks to {} failed", target, e);
    } finally {
      slots.release();
    }
  }

  private Optional<Due> claim() {
    return stopping ? Optional.empty() : ledger.claim(target);
  }

  private void deliver(Due due) {
    if (due.sendBy().hasPassed()) {
      log.warn("Webhook {} to {} is left to others: it took too long", due.event(), target);
      return;
    }
    switch (sender.send(due)) {
      case Receipt.Taken _ -> {
        ledger.delivered(due);
        delivered.increment();
        noteHealth(false, "");
      }
      case Receipt.Failed(String why, Duration notBefore) -> {
        tryLater(due, why, notBefore);
        noteHealth(true, why);
      }
    }
  }

  private void tryLater(Due due, String why, Duration notBefore) {
    if (ledger.failed(due, why, pause(due.age(), notBefore))) {
      dead.increment();
      log.warn(
          "Webhook {} to {} is given up after {} tries: {}", due.event(), target, due.tries(), why);
    } else {
      failed.increment();
    }
  }

  /**
   * As long as it has been tried already, so that the pauses double, and then some less, so that
   * not all come back at once; at least as long as the receiver wishes, within reason.
   */
  static Duration pause(Duration age, Duration notBefore) {
    long most = Math.clamp(age.toMillis(), FIRST_PAUSE.toMillis(), LONGEST_PAUSE.toMillis());
    long pause = ThreadLocalRandom.current().nextLong(most / 2, most + 1);
    // Compared first: what a receiver may wish is more than a number of milliseconds can be.
    Duration wish = notBefore.compareTo(LONGEST_WISH) < 0 ? notBefore : LONGEST_WISH;
    return Duration.ofMillis(Math.max(pause, wish.toMillis()));
  }

  // Once for each outage, and not once for each webhook.
  private void noteHealth(boolean isFailing, String why) {
    if (failing != isFailing) {
      failing = isFailing;
      if (isFailing) {
        log.warn("Webhooks to {} fail, and are tried again: {}", target, why);
      } else {
        log.info("Webhooks to {} are delivered again", target);
      }
    }
  }
}
