package dev.rekey.rotation;

import java.time.Duration;

/** Waiting in a virtual thread. */
final class Pause {

  private Pause() {}

  /** False if the thread was interrupted, which it stays. */
  static boolean sleep(Duration time) {
    try {
      Thread.sleep(time);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
