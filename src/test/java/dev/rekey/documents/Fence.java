package dev.rekey.documents;

import java.util.List;

/**
 * A fenced block of a page.
 *
 * @param line the number of the line with the opening fence
 * @param text its lines, without the indentation of the fence
 */
record Fence(int line, String language, List<String> text) implements Element {

  /** The number of the line with the closing fence. */
  int end() {
    return line + text.size() + 1;
  }

  boolean is(String other) {
    return language.equals(other);
  }

  String joined() {
    return String.join("\n", text);
  }
}
