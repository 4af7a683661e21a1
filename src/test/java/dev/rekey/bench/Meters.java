package dev.rekey.bench;

import dev.rekey.platform.Deadline;
import dev.rekey.platform.Pause;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Measures the CPU time that a load takes, split by process. Background work of these processes
 * counts too, such as sealing events and writing PostgreSQL's checkpoints.
 *
 * @param postgres the postmaster
 * @param upstream nginx in place of the upstream
 * @param proxy nginx in front of it
 */
record Meters(long postgres, long upstream, long proxy) {

  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** The share of a core that background work may take. */
  private static final double IDLE = 0.05;

  static final String JAVA = "Java";
  static final String POSTGRESQL = "PostgreSQL";
  static final String UPSTREAM = "upstream";
  static final String PROXY = "nginx";
  static final String LOAD = "load";

  /**
   * One measurement.
   *
   * @param cpu milliseconds of CPU time for a request, by kind of process
   */
  record Sample(Load load, Map<String, Double> cpu) {}

  /** Runs a rung for the time of the window, once PostgreSQL has done what is left of others. */
  Sample measure(Rung rung, Duration window) {
    awaitIdle();
    Map<String, Double> before = read(rung);
    Load load = rung.run(window);
    Map<String, Double> cpu = read(rung);
    cpu.replaceAll((kind, after) -> (after - before.getOrDefault(kind, 0.0)) * 1e3);
    cpu.replaceAll((_, millis) -> millis / Math.max(1, load.requests()));
    return new Sample(load, cpu);
  }

  /** Waits until PostgreSQL is nearly idle, a minute at most. */
  private void awaitIdle() {
    var deadline = Deadline.in(Duration.ofMinutes(1));
    double before;
    double now = CpuTime.ofTree(postgres);
    do {
      before = now;
      Pause.sleep(PAUSE);
      now = CpuTime.ofTree(postgres);
    } while (now - before > IDLE * PAUSE.toMillis() / 1e3 && !deadline.hasPassed());
  }

  private Map<String, Double> read(Rung rung) {
    var seconds = new LinkedHashMap<String, Double>();
    if (rung.java() != null) {
      seconds.put(JAVA, CpuTime.ofTree(rung.java()));
    }
    seconds.put(POSTGRESQL, CpuTime.ofTree(postgres));
    seconds.put(UPSTREAM, CpuTime.ofTree(upstream));
    seconds.put(PROXY, CpuTime.ofTree(proxy));
    seconds.put(LOAD, CpuTime.ofEndedChildren());
    return seconds;
  }
}
