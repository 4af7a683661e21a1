package dev.rekey.credential.refresh;

import dev.rekey.credential.refresh.RefreshRuns.Run;
import dev.rekey.credential.refresh.ScanTargets.Count;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** How far a replica is in an open run, and when its next scan and checkpoint are due. */
final class RunProgress {

  private static final int CHECKPOINTS_PER_INTERVAL = 15;

  /** The part of the interval over which the scans of a run are spread. */
  private static final double SPREAD = 0.75;

  private final Run run;
  private final Duration interval;
  private long total;
  private long done;
  private String position;
  private Instant nextAt;
  private @Nullable Instant uncheckedSince;

  /** Continues a run after the name at the last checkpoint. */
  RunProgress(Run run, Duration interval, Count count, String position, Instant nextAt) {
    this.run = run;
    this.interval = interval;
    this.total = count.total();
    this.done = count.done();
    this.position = position;
    this.nextAt = nextAt;
  }

  /** Returns when the next run is due, with jitter, so that no time of the hour is preferred. */
  static Instant nextRunAt(Run latest, Duration interval) {
    Instant start = latest.startedAt();
    return start == null
        ? Instant.EPOCH
        : start.plus(part(interval, 0.8 + 0.15 * new Random(latest.number()).nextDouble()));
  }

  Run run() {
    return run;
  }

  String position() {
    return position;
  }

  Instant nextAt() {
    return nextAt;
  }

  /** Returns when the first scan since the last checkpoint started; null if there was none. */
  @Nullable Instant uncheckedSince() {
    return uncheckedSince;
  }

  /** Records that the next target in the order of names was scanned. */
  void scanned(String name, Instant startedAt) {
    position = name;
    done++;
    if (uncheckedSince == null) {
      uncheckedSince = startedAt;
    }
  }

  /** Changes the number of targets, after a directory was scanned. */
  void found(long targets) {
    total = targets;
  }

  /**
   * Schedules the next scan with a jitter from 0 to 1. The first run is not spread, because nothing
   * is known until it ends.
   */
  void schedule(Instant now, double jitter) {
    Instant start = run.startedAt();
    nextAt =
        run.lastCompleteAt() == null || start == null
            ? now
            : start.plus(part(part(interval, SPREAD).dividedBy(Math.max(1, total)), done + jitter));
  }

  /**
   * Returns true if the last checkpoint will be too old at a time. All scans since a checkpoint get
   * the time of the first one, so the checkpoints limit the error.
   */
  boolean isCheckpointDue(Instant at) {
    Duration longest = interval.dividedBy(CHECKPOINTS_PER_INTERVAL);
    return uncheckedSince != null && uncheckedSince.plus(longest).isBefore(at);
  }

  void checkpointed() {
    uncheckedSince = null;
  }

  private static Duration part(Duration whole, double part) {
    return Duration.ofNanos((long) (whole.toNanos() * part));
  }
}
