package dev.rekey.credential.refresh;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Keeps the inventory up to date, with one job for each upstream. */
@Component
class Refresher implements SchedulingConfigurer {

  private static final Logger log = LoggerFactory.getLogger(Refresher.class);
  private static final Duration EVERY = Duration.ofSeconds(1);

  private final List<UpstreamRefresh> refreshes;
  private final boolean enabled;

  Refresher(
      BackgroundUpstreams upstreams,
      RefreshRuns runs,
      ScanTargets targets,
      SubjectScan scanner,
      RefreshProperties properties,
      MeterRegistry meters,
      Clock clock) {
    this.enabled = properties.enabled();
    this.refreshes =
        upstreams.all().stream()
            .map(
                upstream ->
                    new UpstreamRefresh(
                        upstream, runs, targets, scanner, properties, meters, clock))
            .toList();
  }

  @Override
  public void configureTasks(ScheduledTaskRegistrar jobs) {
    if (enabled) {
      refreshes.forEach(refresh -> jobs.addFixedDelayTask(refresh, EVERY));
    }
  }

  void sweep() {
    refreshes.forEach(UpstreamRefresh::run);
  }

  @EventListener(ContextClosedEvent.class)
  void stop() {
    refreshes.forEach(UpstreamRefresh::stop);
  }

  @PreDestroy
  void release() {
    try {
      refreshes.forEach(UpstreamRefresh::release);
    } catch (DataAccessException | TransactionException e) {
      log.info("The lease could not be released; another replica continues once it expires");
    }
  }
}
