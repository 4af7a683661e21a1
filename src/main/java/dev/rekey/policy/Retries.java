package dev.rekey.policy;

import dev.rekey.platform.Pause;
import java.time.Duration;
import java.time.Instant;

/**
 * How often a failed rotation is tried again.
 *
 * @param perCycle tries in one change window, or in one day if there are no windows
 * @param cycles windows or days in which it is tried
 */
public record Retries(int perCycle, int cycles) {

  private static final Duration FIRST_PAUSE = Duration.ofMinutes(5);
  private static final Duration LONGEST_PAUSE = Duration.ofHours(1);
  private static final Duration CYCLE_WITHOUT_WINDOWS = Duration.ofDays(1);

  /** Whether so many tries in vain are enough. */
  public boolean areUsedUpBy(int tries) {
    return tries >= perCycle * cycles;
  }

  /** When it may be tried again after the last of several tries. */
  Instant next(int tries, Instant last, ChangeWindows windows) {
    int inCycle = tries % perCycle;
    if (inCycle != 0) {
      return last.plus(pause(inCycle));
    }
    return windows
        .next(last)
        .filter(opening -> opening.includes(last) && opening.end().isBefore(Instant.MAX))
        .map(Opening::end)
        .orElse(last.plus(CYCLE_WITHOUT_WINDOWS));
  }

  /** The pause after so many tries. */
  static Duration pause(int tries) {
    return Pause.backoff(FIRST_PAUSE, tries, LONGEST_PAUSE);
  }
}
