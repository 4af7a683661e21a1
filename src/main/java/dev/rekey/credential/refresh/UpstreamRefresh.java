package dev.rekey.credential.refresh;

import dev.rekey.credential.refresh.RefreshRuns.Run;
import dev.rekey.credential.refresh.ScanTargets.ScanTarget;
import dev.rekey.credential.refresh.SubjectScan.ScanResult;
import dev.rekey.platform.DatabaseOutage;
import dev.rekey.platform.OutageLog;
import dev.rekey.platform.Pause;
import dev.rekey.upstream.ListableUpstream;
import dev.rekey.upstream.Upstream;
import dev.rekey.upstream.UpstreamName;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Scans every target of one upstream again and again, spread over the interval and within the call
 * budget. Only the replica with the upstream's lease does so. For use by one thread, except {@link
 * #stop}.
 */
class UpstreamRefresh implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(UpstreamRefresh.class);

  /** How long one call of {@link #run} may take; a shutdown waits for its end. */
  private static final Duration MAX_RUN = Duration.ofSeconds(5);

  private static final Duration MAX_SLEEP = Duration.ofSeconds(1);
  private static final Duration MAX_PAUSE = Duration.ofSeconds(10);

  private final UUID replica = UUID.randomUUID();
  private final Upstream upstream;
  private final UpstreamName name;
  private final RefreshRuns runs;
  private final ScanTargets targets;
  private final SubjectScan scanner;
  private final RefreshProperties properties;
  private final MeterRegistry meters;
  private final OutageLog outage = new OutageLog(log, Level.INFO, System::nanoTime);
  private final Clock clock;
  private volatile boolean stopping;
  private @Nullable RunProgress progress;
  private Instant pausedUntil = Instant.EPOCH;
  private int failures;
  private boolean retriesAreNext;

  UpstreamRefresh(
      Upstream upstream,
      RefreshRuns runs,
      ScanTargets targets,
      SubjectScan scanner,
      RefreshProperties properties,
      MeterRegistry meters,
      Clock clock) {
    this.upstream = upstream;
    this.name = upstream.name();
    this.runs = runs;
    this.targets = targets;
    this.scanner = scanner;
    this.properties = properties;
    this.meters = meters;
    this.clock = clock;
    ScanResult.OUTCOMES.forEach(this::counter);
  }

  private Counter counter(String outcome) {
    return Counter.builder("rekey.refresh.looks")
        .description("Scans of subjects and directories by this replica")
        .tag("upstream", name.value())
        .tag("outcome", outcome)
        .register(meters);
  }

  /** Names the job in the log. */
  @Override
  public String toString() {
    return "The refresh of " + name;
  }

  /** Scans due targets for a few seconds. */
  @Override
  public void run() {
    Instant end = clock.instant().plus(MAX_RUN);
    while (!stopping && clock.instant().isBefore(end)) {
      Duration pause = step();
      if (pause.compareTo(MAX_SLEEP) > 0 || stopping) {
        break;
      }
      Pause.sleep(pause);
    }
  }

  /** Ends the current {@link #run} soon, and prevents further ones. */
  void stop() {
    stopping = true;
  }

  /** Records the position and releases the lease, so that another replica continues at once. */
  void release() {
    if (progress != null) {
      checkpoint(progress);
      progress = null;
    }
    runs.release(name, replica);
  }

  /** Does one thing that is due; returns how long to wait before the next. */
  private Duration step() {
    Instant now = clock.instant();
    if (now.isBefore(pausedUntil)) {
      return Duration.between(now, pausedUntil);
    }
    Optional<Run> run = runs.acquire(name, replica);
    if (run.isEmpty()) {
      progress = null;
      return MAX_RUN;
    }
    Optional<ScanTarget> retry = nextRetry();
    if (retry.isPresent()) {
      scan(retry.get());
      return Duration.ZERO;
    }
    return run.get().isOpen() ? continueRun(run.get(), now) : startRun(run.get(), now);
  }

  // Every other time, so that targets that keep failing do not delay the others.
  private Optional<ScanTarget> nextRetry() {
    retriesAreNext = !retriesAreNext;
    return retriesAreNext ? targets.nextRetry(name) : Optional.empty();
  }

  private Duration startRun(Run latest, Instant now) {
    Instant dueAt = RunProgress.nextRunAt(latest, properties.interval());
    if (now.isBefore(dueAt)) {
      return Duration.between(now, dueAt);
    }
    targets.update(
        name, upstream instanceof ListableUpstream listable ? listable.directories() : null);
    runs.start(name, replica, now);
    return Duration.ZERO;
  }

  private Duration continueRun(Run run, Instant now) {
    RunProgress at = progressOf(run, now);
    if (now.isBefore(at.nextAt())) {
      return Duration.between(now, at.nextAt());
    }
    checkpointIfDue(at, now);
    Optional<ScanTarget> target = targets.next(name, at.position());
    if (target.isEmpty()) {
      checkpoint(at);
      runs.end(name, replica, at.run(), clock.instant());
      progress = null;
    } else if (scan(target.get())) {
      advance(at, target.get(), now);
    }
    return Duration.ZERO;
  }

  private RunProgress progressOf(Run run, Instant now) {
    RunProgress known = progress;
    if (known == null || known.run().number() != run.number()) {
      String position = runs.position(name, run);
      known =
          new RunProgress(run, properties.interval(), targets.count(name, position), position, now);
      progress = known;
    }
    return known;
  }

  private void advance(RunProgress at, ScanTarget scanned, Instant startedAt) {
    at.scanned(scanned.name(), startedAt);
    if (scanned.isDirectory()) {
      at.found(targets.count(name, at.position()).total());
    }
    at.schedule(clock.instant(), ThreadLocalRandom.current().nextDouble());
    checkpointIfDue(at, at.nextAt());
  }

  private void checkpointIfDue(RunProgress at, Instant next) {
    if (at.isCheckpointDue(next)) {
      checkpoint(at);
    }
  }

  private void checkpoint(RunProgress at) {
    Instant since = at.uncheckedSince();
    if (since != null) {
      runs.checkpoint(name, replica, at.run(), at.position(), since);
      at.checkpointed();
    }
  }

  /** Scans a target; returns false if no target can be scanned now. */
  private boolean scan(ScanTarget target) {
    ScanResult result = tryScan(target);
    counter(result.outcome()).increment();
    switch (result) {
      case ScanResult.Complete(var isEmpty) -> succeeded(target, isEmpty);
      case ScanResult.Failed failed -> failed(target, failed);
      case ScanResult.Postponed(var reason) -> {
        outage.failed("Scans of " + name + " pause: " + reason);
        pause();
      }
    }
    return !(result instanceof ScanResult.Postponed);
  }

  // An upstream may report values that the database rejects.
  private ScanResult tryScan(ScanTarget target) {
    try {
      return scanner.scan(upstream, target, this::mayContinue);
    } catch (RuntimeException e) {
      if (DatabaseOutage.caused(e)) {
        throw e;
      }
      log.error("The scan of {} could not be recorded", target.name(), e);
      return new ScanResult.Failed("the result could not be recorded", false);
    }
  }

  // A scan may take longer than the lease.
  private boolean mayContinue() {
    return !stopping && runs.acquire(name, replica).isPresent();
  }

  private void succeeded(ScanTarget target, boolean isEmpty) {
    outage.worked("Scans of " + name + " continue");
    failures = 0;
    if (isEmpty) {
      targets.remove(name, target.name());
    } else if (target.hasFailed()) {
      targets.succeeded(name, target.name());
    }
  }

  private void failed(ScanTarget target, ScanResult.Failed failure) {
    log.info("The scan of {} failed: {}", target.name(), failure.reason());
    targets.failed(name, target.name(), failure.reason(), properties.interval());
    if (failure.mayBeUpstream()) {
      pause();
    }
  }

  // The pauses double while failures follow each other.
  private void pause() {
    long millis = Math.min(MAX_PAUSE.toMillis(), 1_000L << Math.min(failures, 20));
    failures++;
    pausedUntil =
        clock.instant().plusMillis(ThreadLocalRandom.current().nextLong(millis / 2, millis + 1));
  }
}
