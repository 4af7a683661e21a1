package dev.rekey.bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;

/** The durations of many runs of one operation. */
final class Latencies {

  private final long[] sorted;

  private Latencies(long[] nanos) {
    this.sorted = nanos.clone();
    Arrays.sort(sorted);
  }

  /** Measures after a warm-up of a third as many runs. */
  static Latencies of(int times, IntConsumer call) {
    return ofEach(times, List.of(call)).getFirst();
  }

  /**
   * Measures several operations in turns, so that other load on the machine affects all equally.
   */
  static List<Latencies> ofEach(int times, List<IntConsumer> calls) {
    for (int i = 0; i < times / 3; i++) {
      for (IntConsumer call : calls) {
        call.accept(i);
      }
    }
    var nanos = new long[calls.size()][times];
    for (int i = 0; i < times; i++) {
      for (int each = 0; each < nanos.length; each++) {
        long start = System.nanoTime();
        calls.get(each).accept(i);
        nanos[each][i] = System.nanoTime() - start;
      }
    }
    return Arrays.stream(nanos).map(Latencies::new).toList();
  }

  Duration p50() {
    return at(0.50);
  }

  Duration p99() {
    return at(0.99);
  }

  private Duration at(double part) {
    return Duration.ofNanos(
        sorted[(int) Math.min(sorted.length - 1L, Math.round(sorted.length * part))]);
  }
}
