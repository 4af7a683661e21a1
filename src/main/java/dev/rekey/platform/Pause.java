package dev.rekey.platform;

import java.time.Duration;

/** Pauses between tries. */
public final class Pause {

  private Pause() {}

  /** Returns false if the thread was interrupted. Its interrupt status stays set. */
  public static boolean sleep(Duration time) {
    try {
      Thread.sleep(time);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** A pause that doubles with every try after the first, up to the longest. */
  public static Duration backoff(Duration first, int tries, Duration longest) {
    Duration pause = first.multipliedBy(1L << Math.min(Math.max(tries - 1, 0), 16));
    return pause.compareTo(longest) < 0 ? pause : longest;
  }
}
