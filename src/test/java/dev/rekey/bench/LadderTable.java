package dev.rekey.bench;

import dev.rekey.bench.Ladder.Measured;
import java.util.List;
import java.util.Locale;

/** The results of a ladder in Markdown. */
record LadderTable(String title, List<Measured> rungs) {

  private static final List<String> KINDS =
      List.of(Meters.JAVA, Meters.POSTGRESQL, Meters.UPSTREAM, Meters.PROXY, Meters.LOAD);

  /** The last rung. */
  Measured rekey() {
    return rungs.getLast();
  }

  @Override
  public String toString() {
    var table =
        new StringBuilder("\n### " + title + "\n\n")
            .append(
                "| | rate per second: median (all rounds) | Rekey's rate / this | p50 / p99 in ms")
            .append(" | Rekey's / these | Rekey adds | ")
            .append(String.join(" | ", KINDS))
            .append(" | errors | warmed |\n| --- |")
            .append(" ---: |".repeat(7 + KINDS.size()))
            .append('\n');
    rungs.subList(0, rungs.size() - 1).forEach(rung -> row(table, rung, false));
    row(table, rekey(), true);
    return table.toString();
  }

  private void row(StringBuilder table, Measured rung, boolean isRekey) {
    double[] rate = rung.spread(sample -> sample.load().perSecond());
    table.append(
        String.format(
            Locale.ROOT,
            "| %s | %,.0f (%,.0f to %,.0f) | %s | %.2f / %.2f | %s | %s |",
            rung.rung().name(),
            rate[0],
            rate[1],
            rate[2],
            isRekey ? "" : text("%.2f x", rekey().perSecond() / rate[0]),
            rung.p50(),
            rung.p99(),
            isRekey
                ? ""
                : text("%.2f x", rekey().p50() / rung.p50())
                    + text(" / %.2f x", rekey().p99() / rung.p99()),
            isRekey
                ? ""
                : text("%.2f", rekey().p50() - rung.p50())
                    + text(" / %.2f ms", rekey().p99() - rung.p99())));
    for (String kind : KINDS) {
      double millis = rung.median(sample -> sample.cpu().getOrDefault(kind, 0.0));
      table.append(millis < 0.0005 ? " |" : text(" %.3f |", millis));
    }
    table.append(
        String.format(
            Locale.ROOT,
            " %d | %d s%s |%n",
            rung.samples().stream().mapToLong(sample -> sample.load().errors()).sum(),
            rung.warmed().toSeconds(),
            rung.steady() ? "" : ", not steady"));
  }

  private static String text(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
