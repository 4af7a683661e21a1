package dev.rekey.bench;

import dev.rekey.bench.Meters.Sample;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Several programs that do the same work, each a little more of it. The last one is Rekey. All of
 * them are warmed, and then measured in turn.
 */
final class Ladder {

  /** A rung is steady if the rates of two windows differ less, */
  private static final double STEADY = 0.05;

  /** and if their median latencies do: a constant rate is always the same. */
  private static final double STEADY_P50 = 0.1;

  /** A JVM that uses more of a core to compile becomes faster, although two windows are similar. */
  private static final double COMPILES = 0.1;

  private final String title;
  private final List<Rung> rungs = new ArrayList<>();

  Ladder(String title) {
    this.title = title;
  }

  Ladder add(Rung rung) {
    rungs.add(rung);
    return this;
  }

  /**
   * The measurements of a rung.
   *
   * @param warmed how long it was loaded before
   */
  record Measured(Rung rung, Duration warmed, boolean steady, List<Sample> samples) {

    /** The median, the least and the greatest of a value. */
    double[] spread(ToDoubleFunction<Sample> value) {
      double[] sorted = samples.stream().mapToDouble(value).sorted().toArray();
      return new double[] {sorted[sorted.length / 2], sorted[0], sorted[sorted.length - 1]};
    }

    double median(ToDoubleFunction<Sample> value) {
      return spread(value)[0];
    }

    double perSecond() {
      return median(sample -> sample.load().perSecond());
    }

    double p50() {
      return median(sample -> sample.load().p50());
    }

    double p99() {
      return median(sample -> sample.load().p99());
    }
  }

  /** Measures all rungs, and returns a table in Markdown. */
  LadderTable measure(Meters meters, LadderSettings settings) {
    var all = new ArrayList<Measured>();
    for (Rung rung : rungs) {
      all.add(warm(rung, settings));
    }
    for (int round = 1; round <= settings.rounds(); round++) {
      for (Measured measured : all) {
        Sample sample = meters.measure(measured.rung(), settings.window());
        measured.samples().add(sample);
        print(round + "/" + settings.rounds(), measured.rung(), sample.load());
      }
    }
    return new LadderTable(title, all);
  }

  private Measured warm(Rung rung, LadderSettings settings) {
    long start = System.nanoTime();
    @Nullable Load before = null;
    while (true) {
      double compiled = rung.java() == null ? 0 : CpuTime.ofCompilers(rung.java());
      Load load = rung.run(settings.window());
      print("warm", rung, load);
      Duration warmed = Duration.ofNanos(System.nanoTime() - start);
      boolean steady =
          before != null
              && differs(load.perSecond(), before.perSecond()) < STEADY
              && differs(load.p50(), before.p50()) < STEADY_P50
              && !compiles(rung, compiled, load);
      if (steady || warmed.compareTo(settings.warmAtMost()) >= 0) {
        return new Measured(rung, warmed, steady, new ArrayList<>());
      }
      before = load;
    }
  }

  private static double differs(double value, double before) {
    return Math.abs(value - before) / before;
  }

  private static boolean compiles(Rung rung, double before, Load load) {
    return rung.java() != null
        && CpuTime.ofCompilers(rung.java()) - before > COMPILES * load.seconds();
  }

  private void print(String phase, Rung rung, Load load) {
    System.out.printf(
        Locale.ROOT,
        "%-36s %-44s %-5s %9.0f/s  p50 %8.2f ms  p99 %8.2f ms%s%n",
        title,
        rung.name(),
        phase,
        load.perSecond(),
        load.p50(),
        load.p99(),
        load.errors() == 0 ? "" : "  errors " + load.errors());
  }
}
