package dev.rekey.notification;

import dev.rekey.notification.DeliveryLedger.ClaimedDelivery;
import dev.rekey.notification.Sender.SendResult;
import dev.rekey.upstream.http.OutgoingHttp;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/** Delivers due webhooks to one target, a limited number at once. */
final class Dispatcher {

  static final int MAX_IN_FLIGHT = 8;

  private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);

  private static final Duration MIN_PAUSE = Duration.ofSeconds(5);
  private static final Duration MAX_PAUSE = Duration.ofMinutes(15);
  private static final Duration MAX_RETRY_AFTER = Duration.ofHours(1);

  private final Target target;
  private final Sender sender;
  private final DeliveryLedger ledger;
  private final Counter delivered;
  private final Counter failed;
  private final Counter dead;
  private final Semaphore slots = new Semaphore(MAX_IN_FLIGHT);
  private volatile boolean stopping;
  private volatile boolean failing;

  Dispatcher(
      Target target, DeliveryLedger ledger, OutgoingHttp http, MeterRegistry meters, Clock clock) {
    this.target = target;
    this.sender = new Sender(target, MAX_IN_FLIGHT, http, clock);
    this.ledger = ledger;
    this.delivered = counter(meters, "delivered");
    this.failed = counter(meters, "failed");
    this.dead = counter(meters, "dead");
  }

  private Counter counter(MeterRegistry meters, String outcome) {
    return Counter.builder("rekey.webhooks.deliveries")
        .description("Tries to deliver a webhook; dead: failed, and given up")
        .tag("target", target.name())
        .tag("outcome", outcome)
        .register(meters);
  }

  /** Starts delivering on another thread, unless the maximum is in flight. */
  void wake() {
    if (!stopping && slots.tryAcquire()) {
      Thread.ofVirtual().name("rekey-webhooks-" + target.name()).start(this::work);
    }
  }

  /** Claims nothing more, and waits for the deliveries in flight. */
  void stop() {
    stopping = true;
    slots.acquireUninterruptibly(MAX_IN_FLIGHT);
    slots.release(MAX_IN_FLIGHT);
  }

  void start() {
    stopping = false;
  }

  private void work() {
    try {
      for (var next = claim(); next.isPresent(); next = claim()) {
        // More deliveries may be due.
        wake();
        deliver(next.get());
      }
    } catch (DataAccessException | TransactionException e) {
      log.warn("Webhooks to {} are postponed: {}", target, e.getClass().getSimpleName());
    } catch (RuntimeException e) {
      log.error("Delivering webhooks to {} failed", target, e);
    } finally {
      slots.release();
    }
  }

  private Optional<ClaimedDelivery> claim() {
    return stopping ? Optional.empty() : ledger.claim(target);
  }

  private void deliver(ClaimedDelivery claimed) {
    if (claimed.sendBy().hasPassed()) {
      log.warn("Webhook {} to {} was not sent: its claim expired", claimed.eventId(), target);
      return;
    }
    switch (sender.send(claimed)) {
      case SendResult.Delivered _ -> {
        ledger.recordDelivered(claimed);
        delivered.increment();
        recordHealth(false, "");
      }
      case SendResult.Failed(String reason, Duration retryAfter) -> {
        recordFailure(claimed, reason, pause(claimed.age(), retryAfter));
        recordHealth(true, reason);
      }
    }
  }

  private void recordFailure(ClaimedDelivery claimed, String reason, Duration retryIn) {
    if (ledger.recordFailure(claimed, reason, retryIn)) {
      dead.increment();
      log.warn(
          "Webhook {} to {} is a dead letter after {} tries: {}",
          claimed.eventId(),
          target,
          claimed.tries(),
          reason);
    } else {
      failed.increment();
    }
  }

  /** The delivery's age with jitter; at least what the receiver asked for, up to an hour. */
  static Duration pause(Duration age, Duration retryAfter) {
    long max = Math.clamp(age.toMillis(), MIN_PAUSE.toMillis(), MAX_PAUSE.toMillis());
    long pause = ThreadLocalRandom.current().nextLong(max / 2, max + 1);
    // Capped before toMillis(), which overflows for the largest Retry-After.
    Duration capped = retryAfter.compareTo(MAX_RETRY_AFTER) < 0 ? retryAfter : MAX_RETRY_AFTER;
    return Duration.ofMillis(Math.max(pause, capped.toMillis()));
  }

  // Logs once per outage instead of once per webhook.
  private void recordHealth(boolean isFailing, String reason) {
    if (failing != isFailing) {
      failing = isFailing;
      if (isFailing) {
        log.warn("Webhooks to {} fail and are retried: {}", target, reason);
      } else {
        log.info("Webhooks to {} are delivered again", target);
      }
    }
  }
}
