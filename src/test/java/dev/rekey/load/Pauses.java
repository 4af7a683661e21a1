package dev.rekey.load;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Random pauses. */
final class Pauses {

  private Pauses() {}

  /** Sleeps for a random time between the two. */
  static void between(Duration least, Duration most) {
    try {
      Thread.sleep(
          Duration.ofMillis(
              ThreadLocalRandom.current().nextLong(least.toMillis(), most.toMillis() + 1)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
