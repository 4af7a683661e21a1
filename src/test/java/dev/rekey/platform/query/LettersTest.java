package dev.rekey.platform.query;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LettersTest {

  @ParameterizedTest
  @CsvSource({
    "\u00fc, u\u0308",
    "\u00fc, \u00dc",
    "\u00fc, U\u0308",
    "u\u0308, \u00dc",
    "\u0419, \u0438\u0306",
    "\u03c3, \u03c2",
    "\u03a3, \u03c2",
    "\u00df, \u1e9e",
    "\uac01, \u1100\u1161\u11a8",
    "\u304c, \u304b\u3099"
  })
  void aLetterHasItsOtherSpellings(String letter, String other) {
    assertThat(Letters.spellings(letter)).contains(letter, other);
  }

  @Test
  void aLetterIsOneWithItsAccents() {
    assertThat(Letters.letters("a\u0308e\ud83c\udf31x\u030c\u0301"))
        .containsExactly("a\u0308", "e", "\ud83c\udf31", "x\u030c\u0301");
    assertThat(Letters.letters("\u0308a")).containsExactly("\u0308", "a");
  }

  @Test
  void anAsciiTextHasOneForm() {
    assertThat(Letters.forms("plain")).containsExactly("plain");
  }
}
