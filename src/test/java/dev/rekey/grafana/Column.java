package dev.rekey.grafana;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * A column of a query: where it is in a row of the response, its name, and its type. The backend
 * parser reads a selector as GJSON does. Names with dots between them are the part of GJSON that
 * the boards use.
 */
record Column(String selector, String name, Type type) {

  static final Pattern PATH = Pattern.compile("\\w+(\\.\\w+)*");

  private static final Pattern TIME =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)");

  /**
   * The types that the boards use. The backend parser makes null of a value that it cannot convert,
   * without a message.
   */
  enum Type {
    STRING,
    NUMBER,
    /** A time as RFC 3339 writes it, which the parser tries first. */
    TIMESTAMP;

    boolean matches(JsonNode value) {
      return switch (this) {
        case STRING -> value.isString();
        case NUMBER -> value.isNumber();
        case TIMESTAMP -> value.isString() && TIME.matcher(value.asString()).matches();
      };
    }
  }

  static Column of(JsonNode json) {
    String selector = json.path("selector").asString("");
    if (!PATH.matcher(selector).matches()) {
      throw new UnsupportedBoard("selector \"" + selector + "\" is not names with dots between");
    }
    String type = json.path("type").asString("");
    try {
      return new Column(
          selector, json.path("text").asString(""), Type.valueOf(type.toUpperCase(Locale.ROOT)));
    } catch (IllegalArgumentException e) {
      throw new UnsupportedBoard("column " + selector + " has the unknown type " + type);
    }
  }

  /** The value in a row: a missing node if the row has none, and null where it says null. */
  JsonNode in(JsonNode row) {
    return at(row, selector);
  }

  /** Follows a path of names. A null on the way is the value. */
  static JsonNode at(JsonNode node, String path) {
    JsonNode value = node;
    for (String name : List.of(path.split("\\.", -1))) {
      if (value.isNull()) {
        return value;
      }
      value = value.path(name);
    }
    return value;
  }
}
