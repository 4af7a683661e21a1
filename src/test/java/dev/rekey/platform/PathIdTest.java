package dev.rekey.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathIdTest {

  @ParameterizedTest
  @ValueSource(strings = {"a", "...", "A-z_0.9~@:+=", "2fJ8kQm"})
  void safeSegmentIsAnId(String value) {
    assertThat(PathId.of(value)).hasToString(value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", ".", "..", "a/b", "a\\b", "a;b", "a%2Fb", "a b", "a\nb", "a\0b", "é", "a?b", "#"
      })
  void unsafeSegmentIsRefusedAndNotRepeated(String value) {
    assertThatThrownBy(() -> PathId.of(value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("an id has to match " + PathId.PATTERN + " and not be . or ..");
  }

  @Test
  void idHasAtMost255Characters() {
    assertThat(PathId.isValid("a".repeat(255))).isTrue();
    assertThat(PathId.isValid("a".repeat(256))).isFalse();
  }
}
