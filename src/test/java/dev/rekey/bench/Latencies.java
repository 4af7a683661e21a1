package dev.rekey.bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.function.IntConsumer;

/** How long something took, each of many times. */
final class Latencies {

  private final long[] sorted;

  private Latencies(long[] nanos) {
    this.sorted = nanos.clone();
    Arrays.sort(sorted);
  }

  /** Runs it a third as often before, so that what is measured is warm. */
  static Latencies of(int times, IntConsumer call) {
    for (int i = 0; i < times / 3; i++) {
      call.accept(i);
    }
    var nanos = new long[times];
    for (int i = 0; i < times; i++) {
      long start = System.nanoTime();
      call.accept(i);
      nanos[i] = System.nanoTime() - start;
    }
    return new Latencies(nanos);
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
