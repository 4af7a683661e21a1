package dev.rekey.bench;

import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One step of a ladder.
 *
 * @param work loads it for a time
 * @param java the process that is measured as "Java"; null if the rung has none
 */
record Rung(String name, Function<Duration, Load> work, @Nullable Long java) {

  Load run(Duration time) {
    return work.apply(time);
  }
}
