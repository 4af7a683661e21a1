package dev.rekey.console;

import dev.rekey.platform.Values;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The values of one field, with how many events have each.
 *
 * @param entries the most frequent first
 */
record Facet(String title, List<Entry> entries) {

  private static final int MOST = 12;
  private static final String NONE = "none";

  /**
   * One value.
   *
   * @param url to the history with only this value, or without it if it is selected; null if no
   *     filter can ask for it
   */
  record Entry(String name, long count, boolean isSelected, @Nullable String url) {}

  /** A value and its count; null for no value. */
  record Count(@Nullable String value, long count) {}

  /**
   * The facet of a field. Counts of the same value are added.
   *
   * @param parameter the query parameter that filters by the field
   * @param isForNone whether the parameter has the value {@code none}
   * @param selected the parameter's values
   */
  static Facet of(
      String title,
      String parameter,
      boolean isForNone,
      List<String> selected,
      List<Count> counts,
      Link history) {
    Map<String, Long> sums = new TreeMap<>();
    counts.forEach(each -> sums.merge(name(each), each.count(), Long::sum));
    List<Map.Entry<String, Long>> found =
        sums.entrySet().stream()
            .filter(each -> each.getValue() > 0)
            .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
            .toList();
    var entries = new ArrayList<Entry>();
    for (Map.Entry<String, Long> each : found.subList(0, Math.min(MOST, found.size()))) {
      String name = each.getKey();
      boolean isSelected = selected.contains(name);
      List<String> left = selected.stream().filter(Predicate.not(name::equals)).toList();
      String url = history.with(parameter, isSelected ? left : List.of(name)).url();
      entries.add(
          new Entry(
              name, each.getValue(), isSelected, name.equals(NONE) && !isForNone ? null : url));
    }
    if (found.size() > MOST) {
      long others = found.subList(MOST, found.size()).stream().mapToLong(Map.Entry::getValue).sum();
      entries.add(new Entry("others", others, false, null));
    }
    return new Facet(title, List.copyOf(entries));
  }

  /** The values of a parameter that takes several, separated by commas. */
  static List<String> split(@Nullable Values values) {
    return values == null ? List.of() : values.split();
  }

  private static String name(Count count) {
    return count.value() == null ? NONE : count.value();
  }
}
