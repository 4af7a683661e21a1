package dev.rekey.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rekey.platform.crypto.Sha256;
import dev.rekey.platform.problem.ProblemException;
import dev.rekey.platform.problem.ProblemType;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "k                | \"k\"",
        "k                | \"k\";v=1",
        "k                | \"k\" ; a ; b=\"x;y\"; *c=?1",
        "a b              | \"a b\"",
        "a\"b\\c       | \"a\\\"b\\\\c\"",
      })
  void aKeyInQuotesIsTheSameKey(String plain, String quoted) {
    assertThat(key(plain).hashes()).contains(key(quoted).hash());
    assertThat(key(quoted).hashes()).contains(key(plain).hash());
    assertThat(key(quoted).locks("alice")).containsAll(key(plain).locks("alice"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"k", "\"k\"", "\"k", "\"k\"x", "'k'"})
  void aKeyIsStoredAsEarlierVersionsStoredIt(String value) {
    assertThat(key(value).hash()).isEqualTo(Sha256.hex(value));
  }

  @Test
  void theHashThatAnEarlierVersionStoredIsAmongThoseLookedFor() {
    assertThat(key("\"k\";v=1").hashes()).contains(Sha256.hex("\"k\";v=1"));
  }

  @Test
  void otherKeysInQuotesAreOtherKeys() {
    assertThat(key("\"k\"").hashes()).doesNotContainAnyElementsOf(key("\"K\"").hashes());
    assertThat(key("\"\\\"k\\\"\"").hashes()).doesNotContainAnyElementsOf(key("k").hashes());
  }

  @Test
  void theLengthIsThatOfTheKeyWithoutItsQuotes() {
    assertThat(key('"' + "\\\"".repeat(255) + '"').hash()).matches("[0-9a-f]{64}");
    assertRefused(List.of("\"\""));
    assertRefused(List.of('"' + "k".repeat(256) + '"'));
    assertRefused(List.of('"' + "k".repeat(8000) + '"'));
  }

  @Test
  void differentKeysAndPrincipalsHaveDifferentLocks() {
    assertThat(
            Stream.of(
                    key("a").locks("alice"),
                    key("b").locks("alice"),
                    key("a").locks("bob"),
                    key("a").locks(""))
                .flatMap(List::stream))
        .doesNotHaveDuplicates();
    assertThat(key("a").locks("alice")).isEqualTo(key("a").locks("alice")).isSorted();
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
