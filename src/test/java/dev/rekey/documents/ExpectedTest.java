package dev.rekey.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ExpectedTest {

  @Test
  void textIsComparedLineByLine() {
    assertThat(text("one", "two").matches("one\ntwo\n")).isTrue();
    assertThat(text("one", "two").matches("one two")).isFalse();
    assertThat(text("one").matches("one\ntwo")).isFalse();
  }

  @Test
  void ellipsisStandsForAnyTextInItsLine() {
    assertThat(text("total …, of …").matches("total 7, of 12")).isTrue();
    assertThat(text("total …").matches("total 7\nmore")).isFalse();
  }

  @Test
  void ellipsisInLineOfItsOwnStandsForAnyLines() {
    assertThat(text("first", "…", "last").matches("first\nlast")).isTrue();
    assertThat(text("first", "…", "last").matches("first\n1\n2\nlast")).isTrue();
    assertThat(text("first", "…").matches("first")).isTrue();
    assertThat(text("…", "last").matches("last")).isTrue();
    assertThat(text("…", "last").matches("1\n2\nlast")).isTrue();
    assertThat(text("first", "…").matches("other\n1")).isFalse();
  }

  @Test
  void timesAndIdsStandForOthersOfTheirKind() {
    Expected expected = text("019aa8a5-9c41-7b52-9e03-6c2d8f4a1b70 at 2026-11-22T09:30:00.000000Z");

    assertThat(expected.matches("11111111-2222-3333-4444-555555555555 at 2030-01-01T00:00:00Z"))
        .isTrue();
    assertThat(expected.matches("other at 2030-01-01T00:00:00Z")).isFalse();
  }

  @Test
  void whiteSpaceBetweenTokensOfJsonDoesNotMatter() {
    Expected expected = json("{\"a\": [1, …],", " \"b c\": \"d  e\"}");

    assertThat(expected.matches("{\"a\":[1,2,3],\"b c\":\"d  e\"}\n")).isTrue();
    assertThat(expected.matches("{\"a\":[1,2,3],\"b c\":\"d e\"}")).isFalse();
    assertThat(expected.matches("{\"a\":[2],\"b c\":\"d  e\"}")).isFalse();
  }

  private static Expected text(String... lines) {
    return expected("text", lines);
  }

  private static Expected json(String... lines) {
    return expected("json", lines);
  }

  private static Expected expected(String language, String... lines) {
    return java.util.Objects.requireNonNull(Expected.of(new Fence(1, language, List.of(lines))));
  }
}
