package dev.rekey.grafana;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** The rows that the backend parser of the Infinity data source makes of a response. */
record Frame(List<Column> columns, List<JsonNode> rows) {

  /** Throws an {@link UnsupportedBoard} if the response has nothing at the root. */
  static Frame of(InfinityQuery query, JsonNode response) {
    JsonNode root = query.root().isEmpty() ? response : Column.at(response, query.root());
    if (root.isArray()) {
      return new Frame(query.columns(), root.valueStream().toList());
    }
    if (root.isObject()) {
      return new Frame(query.columns(), List.of(root));
    }
    throw new UnsupportedBoard("the response has no rows at \"%s\"".formatted(query.root()));
  }

  /** The values of a column that are neither null nor missing. */
  Stream<JsonNode> values(Column column) {
    return rows.stream().map(column::in).filter(value -> !value.isNull() && !value.isMissingNode());
  }

  /** The texts of the first column with this name, or else of the first column. */
  List<String> texts(String name) {
    Column column =
        columns.stream()
            .filter(each -> each.name().equals(name))
            .findFirst()
            .orElse(columns.getFirst());
    return values(column).map(JsonNode::asString).distinct().toList();
  }

  /** What is wrong with the rows, whatever their number is. */
  List<String> problems(boolean isTimeSeries) {
    var problems = new ArrayList<String>();
    for (Column column : columns) {
      if (!rows.isEmpty() && rows.stream().allMatch(row -> column.in(row).isMissingNode())) {
        problems.add(
            "column %s: the response has no %s".formatted(column.name(), column.selector()));
      }
      values(column)
          .filter(value -> !column.type().matches(value))
          .findFirst()
          .ifPresent(
              value ->
                  problems.add(
                      "column %s: %s is not a %s".formatted(column.name(), value, column.type())));
    }
    if (isTimeSeries) {
      problems.addAll(problemsOfTime());
    }
    return problems;
  }

  /** Without them, the parser does not make one series of each label. */
  private List<String> problemsOfTime() {
    List<Column> times =
        columns.stream().filter(each -> each.type() == Column.Type.TIMESTAMP).toList();
    if (times.size() != 1
        || columns.stream().noneMatch(each -> each.type() == Column.Type.NUMBER)) {
      return List.of("a time series needs one time and a number");
    }
    List<String> starts = values(times.getFirst()).map(JsonNode::asString).toList();
    return starts.size() == rows.size() && starts.stream().sorted().toList().equals(starts)
        ? List.of()
        : List.of("a time series needs a time in each row, in ascending order");
  }
}
