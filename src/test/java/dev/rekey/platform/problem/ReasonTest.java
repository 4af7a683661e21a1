package dev.rekey.platform.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReasonTest {

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        " ",
        "a\nb",
        "a\tb",
        "a\u0085b",
        "a\u2028b",
        "a\u202eb",
        "a\u2066b",
        "a\u200bb",
        "a\u200db",
        "\u0645\u200c",
        "\u200d\ud83d\udd27",
        "\ud83d\udc69\u200d\u200d\ud83d\udd27",
        "a\u00adb",
        "\u3164",
        "a\udb40\udc41",
        "\ufeffa",
        "a\ud800"
      })
  void whatIsNotOneLineOfVisibleTextIsRefused(@Nullable String text) {
    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> Reason.required(text))
        .withMessageContaining("visible characters in one line");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Okta migrates its tenant.",
        "\u0645\u06cc\u200c\u0631\u0648\u062f",
        "\u0915\u094d\u200d\u0937",
        "\ud83d\udc69\u200d\ud83d\udd27",
        "\u2764\ufe0f\u200d\ud83d\udd25"
      })
  void textOfAnyLanguageIsKept(String text) {
    assertThat(Reason.required(text)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(ints = {501, 5000})
  void aLongTextIsRefused(int length) {
    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> Reason.required("x".repeat(length)));
    assertThat(Reason.required("\ud83d\udc69".repeat(500))).hasSize(1000);
  }
}
