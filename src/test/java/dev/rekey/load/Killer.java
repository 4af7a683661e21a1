package dev.rekey.load;

import java.time.Duration;
import java.time.Instant;

/** Kills one replica after the other, never two at once. */
final class Killer {

  private static final Duration EVERY = Duration.ofSeconds(30);

  private final Replicas replicas;
  private final Tally tally;
  private Instant due = Instant.now().plus(EVERY);
  private int next;

  Killer(Replicas replicas, Tally tally) {
    this.replicas = replicas;
    this.tally = tally;
  }

  /** Kills every 30 s, or as soon as the previous one is ready again. */
  void killOne() {
    if (Instant.now().isBefore(due)) {
      Pauses.between(Duration.ofMillis(200), Duration.ofMillis(200));
      return;
    }
    due = Instant.now().plus(EVERY);
    replicas.killAndRestart(next % replicas.count());
    next++;
    tally.count("kills");
  }
}
