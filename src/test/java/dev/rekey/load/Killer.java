package dev.rekey.load;

import java.time.Duration;
import java.time.Instant;

/** Kills one replica after the other, never two at the same time. */
final class Killer {

  private static final Duration EVERY = Duration.ofSeconds(30);

  private final Replicas replicas;
  private final Counts counts;
  private Instant due = Instant.now().plus(EVERY);
  private int next;

  Killer(Replicas replicas, Counts counts) {
    this.replicas = replicas;
    this.counts = counts;
  }

  /** Kills the next replica 30 s after the last kill, or as soon as that replica is ready again. */
  void killOne() {
    if (Instant.now().isBefore(due)) {
      Pauses.between(Duration.ofMillis(200), Duration.ofMillis(200));
      return;
    }
    due = Instant.now().plus(EVERY);
    replicas.killAndRestart(next % replicas.count());
    next++;
    counts.count("kills");
  }
}
