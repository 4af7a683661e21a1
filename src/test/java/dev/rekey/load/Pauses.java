package dev.rekey.load;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Time that passes because somebody wants it to, not because something has to happen. */
final class Pauses {

  private Pauses() {}

  /** For some time between the two. */
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
