package dev.rekey.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The metrics that Prometheus would scrape from a Rekey at one time. */
public final class Scrape {

  private final Map<String, Double> values;

  private Scrape(Map<String, Double> values) {
    this.values = values;
  }

  /**
   * Scrapes the metrics now.
   *
   * @param management the management port
   */
  public static Scrape of(Http management) {
    return new Scrape(
        management
            .get("/actuator/prometheus")
            .raw()
            .body()
            .lines()
            .filter(line -> !line.startsWith("#"))
            .collect(Collectors.toMap(Scrape::series, Scrape::value)));
  }

  private static String series(String line) {
    return line.substring(0, line.lastIndexOf(' '));
  }

  private static double value(String line) {
    return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
  }

  /** All series, as {@code name{label="value",…}}, with their labels in alphabetical order. */
  public Set<String> series() {
    return values.keySet();
  }

  public Set<String> names() {
    return values.keySet().stream()
        .map(series -> series.replaceFirst("\\{.*", ""))
        .collect(Collectors.toSet());
  }

  public double of(String series) {
    assertThat(values).containsKey(series);
    return values.get(series);
  }

  /** The increase of a counter. */
  public double since(Scrape earlier, String series) {
    return of(series) - earlier.of(series);
  }
}
