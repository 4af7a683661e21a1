package dev.rekey.notification;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.List;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Delivers webhooks on every replica, to each target for itself. A stop waits for those sent. */
@Component
class Dispatchers implements SmartLifecycle {

  private final List<Dispatcher> each;
  private volatile boolean running;

  Dispatchers(Targets targets, DeliveryLedger ledger, MeterRegistry meters, Clock clock) {
    this.each =
        targets.all().stream()
            .map(
                target ->
                    new Dispatcher(
                        target,
                        new Sender(target, Dispatcher.MOST_IN_FLIGHT, clock),
                        ledger,
                        meters))
            .toList();
  }

  /** Begins to deliver what is due, without waiting for it. */
  @Scheduled(
      fixedDelayString =
          "${rekey.notifications.deliver-every:" + NotificationProperties.DELIVER_EVERY + "}")
  void wake() {
    each.forEach(Dispatcher::wake);
  }

  @Override
  public void start() {
    each.forEach(Dispatcher::start);
    running = true;
  }

  @Override
  public void stop() {
    running = false;
    each.forEach(Dispatcher::stop);
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
  public boolean isRunning() {
    return running;
  }

  /** While the web server lets its requests end, so that neither waits for the other. */
  @Override
  public int getPhase() {
    return WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE;
  }
}
