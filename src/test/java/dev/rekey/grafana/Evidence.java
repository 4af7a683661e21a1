package dev.rekey.grafana;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What the responses to one query have shown, with all choices of the variables together. */
final class Evidence {

  private final InfinityQuery query;
  private final Set<Column> filled = new LinkedHashSet<>();
  private final Set<String> problems = new LinkedHashSet<>();
  private boolean hasRows;
  private boolean hasFailed;

  Evidence(InfinityQuery query) {
    this.query = query;
  }

  void add(Frame frame) {
    hasRows |= !frame.rows().isEmpty();
    query.columns().stream()
        .filter(column -> frame.values(column).findAny().isPresent())
        .forEach(filled::add);
    problems.addAll(frame.problems(query.isTimeSeries()));
  }

  /** Notes an error; further ones of the same query would say the same. */
  void fail(String problem) {
    if (!hasFailed) {
      problems.add(problem);
    }
    hasFailed = true;
  }

  /** What is wrong with the responses. */
  List<String> problems() {
    return List.copyOf(problems);
  }

  /** The same, and what no response has shown. */
  List<String> problemsAndGaps() {
    var all = new ArrayList<>(problems);
    if (problems.isEmpty() && !hasRows) {
      all.add("no response has a row");
    } else if (hasRows) {
      query.columns().stream()
          .filter(column -> !filled.contains(column))
          .map(column -> "column %s: no response has a value".formatted(column.name()))
          .forEach(all::add);
    }
    return all;
  }
}
