package dev.rekey.grafana;

import dev.rekey.audit.AuditOutcome;
import dev.rekey.grafana.Board.Panel;
import dev.rekey.grafana.Board.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Checks that every name in a board is the name of something: variables and columns. */
final class References {

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)|\\$(\\w+)|\\[\\[(\\w+)");

  /** What Grafana replaces in queries and links. */
  private static final Set<String> BUILT_IN =
      Set.of("__from", "__to", "__timezone", "__url_time_range", "__value", "__data", "__all");

  private static final Pattern FIELD = Pattern.compile("\\$\\{__data\\.fields\\.([^}]+)}");

  private References() {}

  static List<String> problems(Board board) {
    Set<String> names = board.variables().stream().map(Variable::name).collect(Collectors.toSet());
    Set<String> used =
        strings(board.json()).flatMap(References::variables).collect(Collectors.toSet());
    var problems = new ArrayList<String>();
    used.stream()
        .filter(name -> !names.contains(name) && !BUILT_IN.contains(name))
        .forEach(name -> problems.add("there is no variable " + name));
    names.stream()
        .filter(name -> !used.contains(name))
        .forEach(name -> problems.add("nothing uses the variable " + name));
    board.panels().stream()
        .flatMap(
            panel ->
                columns(panel)
                    .filter(name -> !names(panel).contains(name))
                    .map(name -> panel + ": there is no column " + name))
        .forEach(problems::add);
    return problems;
  }

  private static Stream<String> variables(String text) {
    return VARIABLE
        .matcher(text)
        .results()
        .map(
            match ->
                Stream.of(1, 2, 3)
                    .map(match::group)
                    .filter(name -> name != null)
                    .findFirst()
                    .orElseThrow());
  }

  /** All texts in the node. */
  static Stream<String> strings(JsonNode node) {
    return node.isString()
        ? Stream.of(node.asString())
        : node.valueStream().flatMap(References::strings);
  }

  /**
   * The names of a panel's columns; of a chart over time, also those of its series: outcomes, or
   * states of rotations.
   */
  private static Set<String> names(Panel panel) {
    Stream<String> columns =
        panel.targets().stream()
            .flatMap(target -> target.path("columns").valueStream())
            .map(column -> column.path("text").asString(""));
    Stream<String> series =
        panel.type().equals("timeseries")
            ? Stream.concat(
                Stream.of("PENDING"),
                Arrays.stream(AuditOutcome.values())
                    .flatMap(outcome -> Stream.of(outcome.text(), outcome.name())))
            : Stream.of();
    return Stream.concat(columns, series).collect(Collectors.toSet());
  }

  /** The columns that a panel's settings name. */
  private static Stream<String> columns(Panel panel) {
    JsonNode json = panel.json();
    Stream<String> overridden =
        json.at("/fieldConfig/overrides")
            .valueStream()
            .map(override -> override.at("/matcher/options").asString(""));
    Stream<String> organized =
        json.path("transformations")
            .valueStream()
            .flatMap(transformation -> transformation.path("options").valueStream())
            .flatMap(names -> names.propertyNames().stream());
    Stream<String> sorted =
        json.at("/options/sortBy").valueStream().map(sort -> sort.path("displayName").asString(""));
    Stream<String> charted = Stream.of(json.at("/options/xField").asString(""));
    Stream<String> linked =
        strings(json).flatMap(text -> FIELD.matcher(text).results().map(match -> match.group(1)));
    return Stream.of(overridden, organized, sorted, charted, linked)
        .flatMap(names -> names)
        .filter(name -> !name.isEmpty());
  }
}
