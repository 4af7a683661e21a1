package dev.rekey.platform.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekey.platform.problem.ProblemException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CursorTest {

  private static final UUID ID = new UUID(-7, 8);
  private static final Instant TIME = Instant.parse("2026-01-31T12:00:00.123456Z");
  private static final List<String> ASKED = List.of("list", "filter");

  static Stream<Cursor> places() {
    return Stream.of(
        new Cursor(TIME, ID),
        new Cursor(TIME, ID, TIME.minusSeconds(3)),
        new Cursor(Instant.parse("0001-01-01T00:00:00Z"), ID),
        new Cursor(Instant.parse("9999-12-31T23:59:59.999999Z"), ID),
        new Cursor(new Cursor.Text(""), ID, null),
        new Cursor(new Cursor.Text("grün 🌱"), ID, null),
        new Cursor(new Cursor.Text("x".repeat(800)), ID, TIME),
        new Cursor(new Cursor.Nothing(), ID, null),
        new Cursor(new Cursor.Nothing(), ID, TIME));
  }

  @ParameterizedTest
  @MethodSource("places")
  void whatWasEncodedIsDecodedForTheSameList(Cursor place) {
    assertThat(Cursor.decode(place.encode(ASKED), ASKED)).isEqualTo(place);
  }

  /** What differs from the first only in where its parts end. */
  static Stream<List<?>> others() {
    return Stream.of(
        List.of("list"),
        List.of("list", "filter", ""),
        List.of("list, filter"),
        List.of("listf", "ilter"),
        List.of("list", List.of("filter")),
        List.of(List.of("list", "filter")),
        Arrays.asList("list", null),
        List.of("list", "null"),
        Arrays.asList("list", "filter", null));
  }

  @ParameterizedTest
  @MethodSource("others")
  void anotherListIsRefused(List<? extends @Nullable Object> other) {
    String text = new Cursor(TIME, ID).encode(ASKED);

    assertThatThrownBy(() -> Cursor.decode(text, other)).hasMessageStartingWith("invalid-cursor");
  }

  @ParameterizedTest
  @MethodSource("places")
  void everyChangedCharacterIsNoticed(Cursor place) {
    String text = place.encode(ASKED);
    for (int i = 0; i < text.length() - 1; i++) {
      char other = text.charAt(i) == 'A' ? 'B' : 'A';
      String changed = text.substring(0, i) + other + text.substring(i + 1);

      assertThatThrownBy(() -> Cursor.decode(changed, ASKED))
          .hasMessageStartingWith("invalid-cursor");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "====", "not base64!", "AAAA"})
  void whatIsNoCursorIsRefused(String text) {
    assertThatThrownBy(() -> Cursor.decode(text, ASKED)).hasMessageStartingWith("invalid-cursor");
  }

  @Test
  void aTimeThatNoRowCanHaveIsRefused() {
    String text = new Cursor(Instant.parse("-4712-11-23T23:59:59.999999Z"), ID).encode(ASKED);

    assertThatThrownBy(() -> Cursor.decode(text, ASKED)).hasMessageStartingWith("invalid-cursor");
  }

  @Test
  void aPlaceInAnotherOrderHasNoTime() {
    var place = new Cursor(new Cursor.Text("2026-01-31T12:00:00Z"), ID, null);

    assertThatThrownBy(place::at).hasMessageStartingWith("invalid-cursor");
  }

  @Test
  void randomBytesAreRefused() {
    var random = new Random(42);
    for (int i = 0; i < 1_000; i++) {
      byte[] bytes = new byte[random.nextInt(64)];
      random.nextBytes(bytes);
      String text = Base64.getUrlEncoder().encodeToString(bytes);

      assertThatThrownBy(() -> Cursor.decode(text, ASKED)).isInstanceOf(ProblemException.class);
    }
  }
}
