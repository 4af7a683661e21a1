package dev.rekey.bench;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The results: one row per measurement, one column per size. */
final class Report {

  private final String unit;
  private final Map<String, Map<Long, String>> rows = new LinkedHashMap<>();
  private final Map<String, Map<Long, Duration>> p99 = new LinkedHashMap<>();

  /** Measures at several sizes. */
  Report(String unit) {
    this.unit = unit;
  }

  void add(String what, long size, String value) {
    rows.computeIfAbsent(what, _ -> new LinkedHashMap<>()).put(size, value);
    System.out.printf("%,14d  %-58s %s%n", size, what, value);
  }

  void add(String what, long size, Latencies latencies) {
    add(
        what,
        size,
        String.format(Locale.ROOT, "%s / %s", millis(latencies.p50()), millis(latencies.p99())));
    p99.computeIfAbsent(what, _ -> new LinkedHashMap<>()).put(size, latencies.p99());
  }

  void rate(String what, long size, double perSecond) {
    add(what, size, String.format(Locale.ROOT, "%,.0f /s", perSecond));
  }

  void ratio(String what, long size, double ratio) {
    add(what, size, String.format(Locale.ROOT, "%.2f x", ratio));
  }

  /** A Markdown table. For latencies, it compares the p99 of the last size with the first's. */
  String table(long... sizes) {
    var table = new StringBuilder("| what |");
    for (long size : sizes) {
      table.append(String.format(Locale.ROOT, " %,d %s |", size, unit));
    }
    table.append(" p99 ratio |\n| --- |").append(" --- |".repeat(sizes.length + 1)).append('\n');
    rows.forEach(
        (what, values) -> {
          table.append("| ").append(what).append(" |");
          for (long size : sizes) {
            table.append(' ').append(values.getOrDefault(size, "")).append(" |");
          }
          table.append(' ').append(ratio(what, sizes)).append(" |\n");
        });
    return table.toString();
  }

  private String ratio(String what, long[] sizes) {
    Map<Long, Duration> of = p99.getOrDefault(what, Map.of());
    Duration first = of.get(sizes[0]);
    Duration last = of.get(sizes[sizes.length - 1]);
    return first == null || last == null || sizes.length < 2
        ? ""
        : String.format(Locale.ROOT, "%.2f x", (double) last.toNanos() / first.toNanos());
  }

  /** A duration as text, in milliseconds. */
  static String millis(Duration time) {
    return String.format(Locale.ROOT, "%.1f ms", time.toNanos() / 1e6);
  }
}
