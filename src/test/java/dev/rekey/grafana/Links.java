package dev.rekey.grafana;

import dev.rekey.grafana.Board.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Checks that the links of a board lead to boards, and set variables that these have. */
final class Links {

  private static final Pattern TARGET = Pattern.compile("^/d/([\\w-]+)\\?(.*)$");
  private static final Pattern SET =
      Pattern.compile("(?:^|&)(?:var-(\\w+)=|\\$\\{(\\w+):queryparam})");

  private Links() {}

  static List<String> problems(Board board, List<Board> others) {
    var problems = new ArrayList<String>();
    for (JsonNode link : board.json().path("links")) {
      List<String> tags = link.path("tags").valueStream().map(JsonNode::asString).toList();
      if (!link.path("type").asString("").equals("dashboards")
          || others.stream().noneMatch(other -> other.tags().containsAll(tags))) {
        problems.add("no board has the tags " + tags + " of a link");
      }
    }
    References.strings(board.json())
        .filter(text -> text.startsWith("/d/") || text.contains("://"))
        .flatMap(url -> problems(url, others).stream())
        .forEach(problems::add);
    return problems;
  }

  private static List<String> problems(String url, List<Board> others) {
    var link = TARGET.matcher(url);
    if (!link.matches()) {
      return List.of(url + " does not lead to a board");
    }
    Optional<Board> target =
        others.stream().filter(other -> other.uid().equals(link.group(1))).findFirst();
    if (target.isEmpty()) {
      return List.of("there is no board " + link.group(1));
    }
    List<String> known = target.get().variables().stream().map(Variable::name).toList();
    return SET.matcher(link.group(2))
        .results()
        .map(Links::variable)
        .filter(name -> !known.contains(name))
        .map(name -> target.get() + " has no variable " + name)
        .toList();
  }

  private static String variable(MatchResult match) {
    return match.group(1) == null ? match.group(2) : match.group(1);
  }
}
