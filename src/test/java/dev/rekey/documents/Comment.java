package dev.rekey.documents;

import java.util.List;

/**
 * An HTML comment, which readers of the rendered page do not see.
 *
 * @param line the number of its first line
 * @param kind the text before its first colon
 * @param text its lines after that colon
 */
record Comment(int line, String kind, List<String> text) implements Element {

  boolean is(String other) {
    return kind.equals(other);
  }

  String joined() {
    return String.join("\n", text).strip();
  }
}
