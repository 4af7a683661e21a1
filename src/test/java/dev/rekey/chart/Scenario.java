package dev.rekey.chart;

import java.nio.file.Path;
import java.util.List;

/** An example values file and the chart rendered with it. */
record Scenario(String name, Path values, Rendered rendered) {

  private static final List<Scenario> ALL =
      Chart.scenarios().stream()
          .map(file -> new Scenario(nameOf(file), file, Chart.render(file)))
          .toList();

  static List<Scenario> all() {
    return ALL;
  }

  private static String nameOf(Path file) {
    return file.getFileName().toString().replace("-values.yaml", "");
  }

  @Override
  public String toString() {
    return name;
  }
}
