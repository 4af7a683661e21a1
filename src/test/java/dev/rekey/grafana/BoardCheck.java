package dev.rekey.grafana;

import dev.rekey.grafana.Board.Panel;
import dev.rekey.grafana.Board.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * Checks a board without any data: what Grafana would not report, but show in the wrong place or
 * not at all.
 *
 * @param others all boards that links may lead to, also this one
 */
record BoardCheck(Board board, List<Board> others) {

  private static final Set<String> PANELS =
      Set.of("row", "stat", "timeseries", "table", "barchart");
  private static final int WIDTH = 24;

  List<String> problems() {
    return Stream.of(
            problemsOfBoard(),
            problemsOfLayout(),
            board.panels().stream().flatMap(this::problemsOf).toList(),
            problemsOfVariables(),
            References.problems(board),
            Links.problems(board, others))
        .flatMap(List::stream)
        .toList();
  }

  private List<String> problemsOfBoard() {
    JsonNode json = board.json();
    var problems = new ArrayList<String>();
    for (String field : List.of("title", "uid", "description", "refresh")) {
      if (json.path(field).asString("").isBlank()) {
        problems.add("the board has no " + field);
      }
    }
    if (json.at("/time/from").asString("").isBlank()
        || json.at("/time/to").asString("").isBlank()) {
      problems.add("the board has no time range");
    }
    if (others.stream().filter(other -> other.uid().equals(board.uid())).count() > 1) {
      problems.add("another board has the uid " + board.uid());
    }
    return problems;
  }

  private List<String> problemsOfLayout() {
    List<Panel> panels = board.panels();
    var problems = new ArrayList<String>();
    if (panels.stream().map(panel -> panel.json().path("id").asInt(0)).distinct().count()
        < panels.size()) {
      problems.add("panels share an id");
    }
    for (int i = 0; i < panels.size(); i++) {
      Place place = Place.of(panels.get(i));
      if (place.right() > WIDTH || place.w() < 1 || place.h() < 1) {
        problems.add(panels.get(i) + " is outside of the grid");
      }
      for (Panel later : panels.subList(i + 1, panels.size())) {
        if (place.overlaps(Place.of(later))) {
          problems.add(panels.get(i) + " overlaps " + later);
        }
      }
    }
    return problems;
  }

  private record Place(int x, int y, int w, int h) {

    static Place of(Panel panel) {
      JsonNode grid = panel.json().path("gridPos");
      return new Place(
          grid.path("x").asInt(0),
          grid.path("y").asInt(0),
          grid.path("w").asInt(0),
          grid.path("h").asInt(0));
    }

    int right() {
      return x + w;
    }

    boolean overlaps(Place other) {
      return x < other.right() && other.x < right() && y < other.y + other.h && other.y < y + h;
    }
  }

  private Stream<String> problemsOf(Panel panel) {
    var problems = new ArrayList<String>();
    if (!PANELS.contains(panel.type())) {
      problems.add("unknown type " + panel.type());
    }
    if (panel.json().path("title").asString("").isBlank()) {
      problems.add("no title");
    }
    if (!panel.isRow()) {
      problems.addAll(problemsOfData(panel));
    }
    return problems.stream().map(problem -> panel + ": " + problem);
  }

  private static List<String> problemsOfData(Panel panel) {
    var problems = new ArrayList<String>();
    if (!panel.json().path("description").asString("").endsWith(".")) {
      problems.add("no description");
    }
    Stream.concat(Stream.of(panel.json()), panel.targets().stream())
        .filter(node -> !isFromTheVariable(node))
        .forEach(_ -> problems.add("the data source is not that of the variable"));
    if (panel.targets().isEmpty()) {
      problems.add("no query");
    }
    long names =
        panel.targets().stream()
            .map(target -> target.path("refId").asString(""))
            .distinct()
            .count();
    if (names < panel.targets().size()) {
      problems.add("queries share a refId");
    }
    if (!panel.json().at("/fieldConfig/defaults").has("noValue")) {
      problems.add("nothing is shown for no data");
    }
    return problems;
  }

  private static boolean isFromTheVariable(JsonNode node) {
    return node.at("/datasource/type").asString("").equals(Board.INFINITY)
        && node.at("/datasource/uid").asString("").equals("${datasource}");
  }

  private List<String> problemsOfVariables() {
    List<Variable> variables = board.variables();
    var problems = new ArrayList<String>();
    if (variables.stream().map(Variable::name).distinct().count() < variables.size()) {
      problems.add("variables share a name");
    }
    for (Variable variable : variables) {
      if (Stream.of("label", "description")
          .anyMatch(field -> variable.json().path(field).asString("").isBlank())) {
        problems.add(variable + " has no label or description");
      }
      if (variable.type().equals("query") && !isFromTheVariable(variable.json())) {
        problems.add(variable + ": the data source is not that of the variable");
      }
    }
    Set<String> types =
        variables.stream()
            .filter(variable -> variable.name().equals("datasource"))
            .map(Variable::query)
            .collect(Collectors.toSet());
    if (!types.equals(Set.of(Board.INFINITY))) {
      problems.add("there is no variable datasource for " + Board.INFINITY);
    }
    return problems;
  }
}
