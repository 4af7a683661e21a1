package dev.rekey.load;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** Counts things by name. */
public final class Counts {

  private final Map<String, Long> counts = new ConcurrentSkipListMap<>();

  void count(String what) {
    counts.merge(what, 1L, Long::sum);
  }

  void put(String what, long number) {
    counts.put(what, number);
  }

  public void putAll(Map<String, Long> more) {
    counts.putAll(more);
  }

  /** A Markdown table. */
  public String table(String title) {
    var text = new StringBuilder("\n| ").append(title).append(" | |\n| --- | ---: |\n");
    counts.forEach(
        (what, number) ->
            text.append("| ").append(what).append(" | ").append(number).append(" |\n"));
    return text.toString();
  }
}
