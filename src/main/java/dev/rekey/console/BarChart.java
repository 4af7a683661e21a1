package dev.rekey.console;

import dev.rekey.audit.aggregate.Counts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Stacked bars of counts over time, in the coordinates of an SVG picture.
 *
 * @param groups the names of the counts, in the order of their colours
 * @param bars one for each bucket of time, from left to right
 * @param highest the largest sum of a bar
 * @param total the sum of all counts
 */
record BarChart(List<String> groups, List<Bar> bars, long highest, long total) {

  /** The size of the picture, without its labels. */
  static final int WIDTH = 720;

  static final int HEIGHT = 120;

  private static final double GAP = 0.2;

  /**
   * The counts of one bucket of time.
   *
   * @param end the start of the next bucket
   * @param left the left edge of the slot, which the bar does not fill
   * @param slot the width of the slot
   * @param x the left edge of the bar
   */
  record Bar(
      Instant start,
      Instant end,
      double left,
      double slot,
      double x,
      double width,
      long sum,
      List<Part> parts) {}

  /** The count of one group. */
  record Part(String group, long count, double y, double height) {}

  /** The chart of counts in columns. A bar has a part for each value of the first dimension. */
  static BarChart of(Counts counts) {
    List<Instant> starts = Objects.requireNonNull(counts.buckets());
    Map<String, long[]> series = new LinkedHashMap<>();
    for (Counts.Series each : Objects.requireNonNull(counts.series())) {
      long[] sum = series.computeIfAbsent(name(each), _ -> new long[starts.size()]);
      Arrays.setAll(sum, i -> sum[i] + each.counts().get(i));
    }
    long[] sums =
        IntStream.range(0, starts.size())
            .mapToLong(i -> series.values().stream().mapToLong(each -> each[i]).sum())
            .toArray();
    long highest = Math.max(1, Arrays.stream(sums).max().orElse(0));
    double slot = (double) WIDTH / Math.max(1, starts.size());
    var bars = new ArrayList<Bar>();
    for (int i = 0; i < starts.size(); i++) {
      bars.add(
          new Bar(
              starts.get(i),
              i + 1 < starts.size() ? starts.get(i + 1) : counts.to(),
              rounded(i * slot),
              rounded(slot),
              rounded(i * slot + slot * GAP / 2),
              rounded(slot * (1 - GAP)),
              sums[i],
              parts(series, i, highest)));
    }
    return new BarChart(List.copyOf(series.keySet()), List.copyOf(bars), highest, counts.total());
  }

  private static List<Part> parts(Map<String, long[]> series, int bucket, long highest) {
    var parts = new ArrayList<Part>();
    double top = HEIGHT;
    for (Map.Entry<String, long[]> each : series.entrySet()) {
      long count = each.getValue()[bucket];
      if (count > 0) {
        double height = (double) count / highest * HEIGHT;
        top -= height;
        parts.add(new Part(each.getKey(), count, rounded(top), rounded(height)));
      }
    }
    return List.copyOf(parts);
  }

  private static String name(Counts.Series series) {
    if (Boolean.TRUE.equals(series.rest())) {
      return "others";
    }
    return series.key().isEmpty()
        ? "events"
        : Objects.requireNonNullElse(series.key().getFirst(), "none");
  }

  private static double rounded(double value) {
    return Math.round(value * 100) / 100.0;
  }
}
