package dev.rekey.grafana;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A dashboard, in the JSON of Grafana. */
record Board(JsonNode json) {

  static final Path DIRECTORY = Path.of("helm/rekey/dashboards");

  /** The type of the Infinity data source. */
  static final String INFINITY = "yesoreyeram-infinity-datasource";

  /** The dashboards that read Rekey's API. */
  static List<Board> all() {
    return files().filter(Board::readsInfinity).toList();
  }

  /** All dashboards of the directory. */
  static Stream<Board> files() {
    try (Stream<Path> files = Files.list(DIRECTORY)) {
      return files.sorted().map(Board::read).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Board read(Path file) {
    return new Board(JsonMapper.shared().readTree(file));
  }

  String uid() {
    return json.path("uid").asString("");
  }

  private boolean readsInfinity() {
    return variables().stream().anyMatch(variable -> variable.query().equals(INFINITY));
  }

  /** All panels, also the rows between them. */
  List<Panel> panels() {
    return json.path("panels").valueStream().map(Panel::new).toList();
  }

  /** In their order: a variable's query may use the variables before it. */
  List<Variable> variables() {
    return json.at("/templating/list").valueStream().map(Variable::new).toList();
  }

  List<String> tags() {
    return json.path("tags").valueStream().map(JsonNode::asString).toList();
  }

  /** The title identifies a board in messages. */
  @Override
  public String toString() {
    return json.path("title").asString(uid());
  }

  /** A panel or a row. */
  record Panel(JsonNode json) {

    String type() {
      return json.path("type").asString("");
    }

    boolean isRow() {
      return type().equals("row");
    }

    List<JsonNode> targets() {
      return json.path("targets").valueStream().toList();
    }

    @Override
    public String toString() {
      return "panel \"" + json.path("title").asString("") + "\"";
    }
  }

  /** A variable, which a viewer chooses. */
  record Variable(JsonNode json) {

    String name() {
      return json.path("name").asString("");
    }

    String type() {
      return json.path("type").asString("");
    }

    /** The query of a variable whose values are fixed; empty if it has a model. */
    String query() {
      return json.path("query").asString("");
    }

    /** The model of a query to the data source. */
    JsonNode model() {
      return json.at("/query/infinityQuery");
    }

    boolean isMulti() {
      return json.path("multi").asBoolean(false);
    }

    boolean includesAll() {
      return json.path("includeAll").asBoolean(false);
    }

    /** The text that stands for all values; empty for the list of them. */
    String allValue() {
      return json.path("allValue").asString("");
    }

    /** The pattern of the values that are offered; empty for all. */
    String regex() {
      return json.path("regex").asString("");
    }

    @Override
    public String toString() {
      return "variable " + name();
    }
  }
}
