package dev.rekey.bench;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Which ladders are measured, and for how long; from environment variables.
 *
 * @param ladders names of the ladders, in order
 * @param window how long one rung is loaded at a time
 * @param rounds how often each rung is measured
 * @param warmAtMost how long a rung is warmed if its rate does not become steady
 */
record LadderSettings(List<String> ladders, Duration window, int rounds, Duration warmAtMost) {

  static final List<String> ALL =
      List.of("audit", "inventory", "summary", "read", "rotation", "start");

  static LadderSettings of(Map<String, String> environment) {
    String ladders = environment.getOrDefault("REKEY_BENCH_LADDERS", String.join(",", ALL));
    List<String> named = List.of(ladders.split(",", -1));
    if (!ALL.containsAll(named)) {
      throw new IllegalArgumentException("REKEY_BENCH_LADDERS has to be some of " + ALL);
    }
    return new LadderSettings(
        ALL.stream().filter(named::contains).toList(),
        seconds(environment, "REKEY_BENCH_SECONDS", "10"),
        Integer.parseInt(environment.getOrDefault("REKEY_BENCH_ROUNDS", "3")),
        seconds(environment, "REKEY_BENCH_WARM_SECONDS", "120"));
  }

  private static Duration seconds(
      Map<String, String> environment, String variable, String standard) {
    return Duration.ofSeconds(Long.parseLong(environment.getOrDefault(variable, standard)));
  }

  LadderSettings withRounds(int number) {
    return new LadderSettings(ladders, window, number, warmAtMost);
  }
}
