package dev.rekey.grafana;

import dev.rekey.grafana.Board.Panel;
import dev.rekey.grafana.Board.Variable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Sends every query of a board, as the data source does after Grafana has replaced the variables:
 * first with the choices with which the board opens, then with each other choice of each variable.
 */
final class Replay {

  /** Each variable is tried with so many of its values. */
  private static final int MAX_VALUES = 100;

  private static final String CHOSEN = "__value";

  private final Board board;
  private final Function<String, Reply> rekey;
  private final Instant from;
  private final Instant to;
  private final String timeZone;
  private final Map<String, Reply> replies = new TreeMap<>();
  private final List<String> problems = new ArrayList<>();

  /** A response: its status, and its body as JSON. */
  record Reply(int status, JsonNode body) {}

  /** Gets responses by their path and query. */
  Replay(Board board, Function<String, Reply> rekey, Instant from, Instant to, String timeZone) {
    this.board = board;
    this.rekey = rekey;
    this.from = from;
    this.to = to;
    this.timeZone = timeZone;
  }

  /**
   * Runs all queries once; to be called once.
   *
   * @param isComplete whether each query has to find rows, and each column a value
   */
  List<String> problems(boolean isComplete) {
    List<Map<String, Choice>> choices = choices(isComplete);
    for (Panel panel : board.panels()) {
      for (JsonNode target : panel.targets()) {
        run(panel.toString(), target, choices, isComplete);
      }
    }
    return problems;
  }

  /** The paths and queries that were sent. */
  List<String> sent() {
    return List.copyOf(replies.keySet());
  }

  private List<Map<String, Choice>> choices(boolean isComplete) {
    var first = new LinkedHashMap<String, Choice>();
    var others = new LinkedHashMap<String, List<Choice>>();
    for (Variable variable : board.variables()) {
      List<String> options = options(variable, first, isComplete);
      List<Choice> all = choices(variable, options);
      first.put(variable.name(), all.getFirst());
      others.put(variable.name(), all);
    }
    var choices = new ArrayList<Map<String, Choice>>();
    choices.add(first);
    others.forEach(
        (name, all) ->
            all.stream()
                .skip(1)
                .forEach(
                    choice -> {
                      var changed = new LinkedHashMap<>(first);
                      changed.put(name, choice);
                      choices.add(changed);
                    }));
    return choices;
  }

  private static List<Choice> choices(Variable variable, List<String> options) {
    var choices = new ArrayList<Choice>();
    if (variable.includesAll()) {
      choices.add(
          variable.allValue().isEmpty()
              ? new Choice.Some(options)
              : new Choice.All(variable.allValue()));
    }
    options.stream().limit(MAX_VALUES).map(Choice.One::new).forEach(choices::add);
    if (variable.isMulti() && options.size() > 1) {
      choices.add(new Choice.Some(options.subList(0, 2)));
    }
    if (choices.isEmpty()) {
      choices.add(new Choice.One(""));
    }
    return choices;
  }

  private List<String> options(Variable variable, Map<String, Choice> before, boolean isComplete) {
    return switch (variable.type()) {
      case "datasource" -> List.of(variable.json().at("/current/value").asString(""));
      case "custom" -> List.of(variable.query().split(",", -1));
      case "query" ->
          offered(
              variable, run(variable.toString(), variable.model(), List.of(before), isComplete));
      default -> throw new UnsupportedBoard("unknown type of " + variable);
    };
  }

  private List<String> offered(Variable variable, List<Frame> frames) {
    Pattern wanted = Pattern.compile(variable.regex().replaceAll("^/|/$", ""));
    return frames.stream()
        .flatMap(frame -> frame.texts(CHOSEN).stream())
        .filter(text -> wanted.matcher(text).find())
        .distinct()
        .toList();
  }

  private List<Frame> run(
      String name, JsonNode json, List<Map<String, Choice>> choices, boolean isComplete) {
    try {
      InfinityQuery query = InfinityQuery.of(json);
      var evidence = new Evidence(query);
      List<Frame> frames =
          choices.stream().flatMap(each -> pages(query, each, evidence).stream()).toList();
      List<String> found = isComplete ? evidence.problemsAndGaps() : evidence.problems();
      found.forEach(problem -> problems.add(board + ", " + name + ": " + problem));
      return frames;
    } catch (UnsupportedBoard e) {
      problems.add(board + ", " + name + ": " + e.getMessage());
      return List.of();
    }
  }

  private List<Frame> pages(InfinityQuery query, Map<String, Choice> chosen, Evidence evidence) {
    var values = new Interpolation(chosen, from, to, timeZone);
    var frames = new ArrayList<Frame>();
    String cursor = null;
    do {
      String address = Address.of(query, values, cursor);
      Reply reply = replies.computeIfAbsent(address, rekey);
      if (reply.status() != 200) {
        evidence.fail(
            "%s is %s: %s"
                .formatted(address, reply.status(), reply.body().path("detail").asString("")));
        return frames;
      }
      Frame frame = Frame.of(query, reply.body());
      evidence.add(frame);
      frames.add(frame);
      cursor = next(query, reply.body());
    } while (cursor != null && frames.size() < InfinityQuery.MAX_PAGES);
    return frames;
  }

  private static @Nullable String next(InfinityQuery query, JsonNode body) {
    if (query.cursor() == null) {
      return null;
    }
    JsonNode cursor = Column.at(body, query.cursor());
    if (cursor.isMissingNode()) {
      throw new UnsupportedBoard("the response has no " + query.cursor());
    }
    return cursor.isNull() ? null : cursor.asString();
  }
}
