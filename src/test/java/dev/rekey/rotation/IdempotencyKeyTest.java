package dev.rekey.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rekey.platform.problem.ProblemException;
import dev.rekey.platform.problem.ProblemType;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdempotencyKeyTest {

  @Test
  void aMissingHeaderIsNoKey() {
    assertThat(IdempotencyKey.of(null)).isNull();
    assertThat(IdempotencyKey.of(List.of())).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"k", " ", "a,b", "~!\"#", "0197f0a0-0000-7000-8000-000000000001"})
  void printableAsciiIsAKey(String value) {
    assertThat(key(value).hash()).matches("[0-9a-f]{64}").isEqualTo(key(value).hash());
  }

  @Test
  void theLongestKeyHas255Characters() {
    assertThat(key("k".repeat(255)).hash()).isNotEqualTo(key("k".repeat(254)).hash());
    assertRefused(List.of("k".repeat(256)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\tb", "a\nb", "ä", "\u0000", "\u007f", "😀"})
  void anythingElseIsRefused(String value) {
    assertRefused(List.of(value));
  }

  @Test
  void twoValuesAreRefused() {
    assertRefused(List.of("a", "b"));
    assertRefused(List.of("a", "a"));
  }

  @Test
  void differentKeysAndPrincipalsHaveDifferentLocks() {
    assertThat(
            List.of(
                key("a").lock("alice"),
                key("b").lock("alice"),
                key("a").lock("bob"),
                key("a").lock("")))
        .doesNotHaveDuplicates();
    assertThat(key("a").lock("alice")).isEqualTo(key("a").lock("alice"));
  }

  private static IdempotencyKey key(String value) {
    return Objects.requireNonNull(IdempotencyKey.of(List.of(value)));
  }

  private static void assertRefused(List<String> values) {
    var problem = catchThrowableOfType(ProblemException.class, () -> IdempotencyKey.of(values));
    assertThat(problem.type()).isEqualTo(ProblemType.INVALID_PARAMETER);
    assertThat(problem.getBody().getDetail()).contains("1 to 255");
  }
}
