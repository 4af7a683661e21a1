package dev.rekey.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Base64;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CursorTest {

  private static final Cursor CURSOR =
      new Cursor(Instant.parse("2026-01-31T12:00:00.123456Z"), new UUID(7, 8));

  @Test
  void whatWasEncodedIsDecodedUnderTheSameFilter() {
    assertThat(Cursor.decode(CURSOR.encode("filter"), "filter")).isEqualTo(CURSOR);
  }

  @Test
  void anotherFilterIsRefused() {
    String text = CURSOR.encode("filter");

    assertThatThrownBy(() -> Cursor.decode(text, "other")).hasMessageStartingWith("invalid-cursor");
  }

  @Test
  void everyChangedCharacterIsNoticed() {
    String text = CURSOR.encode("filter");
    for (int i = 0; i < text.length() - 1; i++) {
      char other = text.charAt(i) == 'A' ? 'B' : 'A';
      String changed = text.substring(0, i) + other + text.substring(i + 1);

      assertThatThrownBy(() -> Cursor.decode(changed, "filter"))
          .hasMessageStartingWith("invalid-cursor");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "====", "not base64!", "AAAA"})
  void whatIsNoCursorIsRefused(String text) {
    assertThatThrownBy(() -> Cursor.decode(text, "filter"))
        .hasMessageStartingWith("invalid-cursor");
  }

  @Test
  void randomBytesAreRefused() {
    var random = new Random(42);
    for (int i = 0; i < 1_000; i++) {
      byte[] bytes = new byte[random.nextInt(64)];
      random.nextBytes(bytes);
      String text = Base64.getUrlEncoder().encodeToString(bytes);

      assertThatThrownBy(() -> Cursor.decode(text, "filter")).isInstanceOf(ProblemException.class);
    }
  }
}
