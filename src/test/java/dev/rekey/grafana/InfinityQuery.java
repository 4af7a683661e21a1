package dev.rekey.grafana;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A query in the model of the Infinity data source, version 3. Only the part that the boards use is
 * supported: GET of JSON from a URL, the backend parser, typed columns, and pages by cursor.
 *
 * @param params query parameters that are added to those in the URL
 * @param root the path of the rows in the response; empty if the response is the only row
 * @param cursor the path of the next page's cursor in the response; null for one page
 */
record InfinityQuery(
    String url,
    List<Param> params,
    String root,
    List<Column> columns,
    boolean isTimeSeries,
    @Nullable String cursor) {

  /** After these pages, the data source stops. */
  static final int MAX_PAGES = 6;

  private static final Set<String> KNOWN =
      Set.of(
          "refId",
          "datasource",
          "type",
          "source",
          "parser",
          "format",
          "url",
          "url_options",
          "root_selector",
          "columns",
          "filters",
          "pagination_mode",
          "pagination_max_pages",
          "pagination_param_cursor_field_name",
          "pagination_param_cursor_field_type",
          "pagination_param_cursor_extraction_path");
  private static final Set<String> KNOWN_OPTIONS = Set.of("method", "data", "params");

  /** A query parameter. */
  record Param(String name, String value) {}

  /** Throws an {@link UnsupportedBoard} if the query is not supported. */
  static InfinityQuery of(JsonNode json) {
    requireKnown(json, KNOWN);
    requireKnown(json.path("url_options"), KNOWN_OPTIONS);
    require(json, "type", "json");
    require(json, "source", "url");
    require(json, "parser", "backend");
    require(json.path("url_options"), "method", "GET");
    require(json.path("url_options"), "data", "");
    String format = json.path("format").asString("");
    if (!Set.of("table", "timeseries").contains(format) || !json.path("filters").isEmpty()) {
      throw new UnsupportedBoard("unsupported format " + format + ", or filters");
    }
    String root = json.path("root_selector").asString("");
    if (!root.isEmpty() && !Column.PATH.matcher(root).matches()) {
      throw new UnsupportedBoard("root selector \"" + root + "\" is not names with dots between");
    }
    List<Column> columns = json.path("columns").valueStream().map(Column::of).toList();
    if (columns.isEmpty()
        || columns.stream().map(Column::name).distinct().count() < columns.size()) {
      throw new UnsupportedBoard("columns need different names, and a query needs columns");
    }
    return new InfinityQuery(
        json.path("url").asString(""),
        params(json.at("/url_options/params")),
        root,
        columns,
        format.equals("timeseries"),
        cursor(json));
  }

  private static List<Param> params(JsonNode json) {
    var params = new ArrayList<Param>();
    for (JsonNode param : json) {
      params.add(new Param(param.path("key").asString(""), param.path("value").asString("")));
    }
    return params;
  }

  private static @Nullable String cursor(JsonNode json) {
    if (!json.has("pagination_mode")) {
      return null;
    }
    require(json, "pagination_mode", "cursor");
    require(json, "pagination_param_cursor_field_name", "cursor");
    require(json, "pagination_param_cursor_field_type", "query");
    if (json.path("pagination_max_pages").asInt(0) != MAX_PAGES - 1) {
      throw new UnsupportedBoard("the data source reads at most 5 pages after the first");
    }
    return json.path("pagination_param_cursor_extraction_path").asString("");
  }

  private static void require(JsonNode json, String field, String value) {
    if (!json.path(field).asString("").equals(value)) {
      throw new UnsupportedBoard(field + " has to be \"" + value + "\"");
    }
  }

  private static void requireKnown(JsonNode json, Set<String> known) {
    json.propertyNames().stream()
        .filter(name -> !known.contains(name))
        .findFirst()
        .ifPresent(
            name -> {
              throw new UnsupportedBoard("unsupported field " + name);
            });
  }
}
