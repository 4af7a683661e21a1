package dev.rekey.notification;

import dev.rekey.upstream.http.OutgoingHttp;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.List;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Starts and stops a dispatcher for each target, on every replica. */
@Component
class DispatcherLifecycle implements SmartLifecycle {

  private final List<Dispatcher> dispatchers;
  private volatile boolean running;

  DispatcherLifecycle(
      Targets targets,
      DeliveryLedger ledger,
      OutgoingHttp http,
      MeterRegistry meters,
      Clock clock) {
    this.dispatchers =
        targets.all().stream()
            .map(target -> new Dispatcher(target, ledger, http, meters, clock))
            .toList();
  }

  /** Starts the due deliveries on other threads. */
  @Scheduled(
      fixedDelayString =
          "${rekey.notifications.deliver-every:" + NotificationProperties.DELIVER_EVERY + "}")
  void wake() {
    dispatchers.forEach(Dispatcher::wake);
  }

  @Override
  public void start() {
    dispatchers.forEach(Dispatcher::start);
    running = true;
  }

  @Override
  public void stop() {
    running = false;
    dispatchers.forEach(Dispatcher::stop);
  }

  @Override
  public void stop(Runnable callback) {
    Thread.startVirtualThread(
        () -> {
          stop();
          callback.run();
        });
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Stops in parallel with the web server, so that neither waits for the other. */
  @Override
  public int getPhase() {
    return WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE;
  }
}
