package dev.rekey.credential.refresh;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;

/** Pauses the scans of an upstream. The pauses double while failures follow each other. */
final class ScanBackoff {

  private static final Duration MAX_PAUSE = Duration.ofSeconds(10);

  private int failures;
  private Instant until = Instant.EPOCH;

  /** Returns the end of the current pause, or of the last one. */
  Instant until() {
    return until;
  }

  void pause(Instant now) {
    long seconds = Math.min(MAX_PAUSE.toSeconds(), 1L << Math.min(failures, 20));
    failures++;
    until = now.plusMillis(ThreadLocalRandom.current().nextLong(seconds * 500, seconds * 1000 + 1));
  }

  /** Records a success, so that the next pause is short again. */
  void reset() {
    failures = 0;
  }
}
