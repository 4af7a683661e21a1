package dev.rekey.platform.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.web.MockHttpServletRequest;

class TableFormatTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      nullValues = "-",
      value = {
        "-; -; JSON",
        "-; */*; JSON",
        "-; application/json; JSON",
        "-; text/csv; CSV",
        "-; text/*; CSV",
        "-; text/csv, application/json; CSV",
        "-; text/csv|q=0.5, application/json; JSON",
        "-; text/html, text/csv, */*|q=0.8; CSV",
        "-; text/html, */*|q=0.8; JSON",
        "-; text/csv|q=0; JSON",
        "-; text/csv|charset=utf-8; CSV",
        "-; text/csv, */*|q=0.1; CSV",
        "-; application/json|q=0.5, text/csv; CSV",
        "-; garbage; JSON",
        "-; text/csv, garbage; JSON",
        "csv; application/json; CSV",
        "CSV; -; CSV",
        "json; text/csv; JSON",
        "JSON; text/csv; JSON"
      })
  void parameterCountsBeforeTheHeader(
      @Nullable String parameter, @Nullable String accept, TableFormat expected) {
    assertThat(TableFormat.of(parameter, request(accept))).isEqualTo(expected);
  }

  @Test
  void anotherParameterIsRefused() {
    assertThatThrownBy(() -> TableFormat.of("xml", request(null)))
        .hasMessageContaining("format has to be one of [json, csv].");
  }

  private static MockHttpServletRequest request(@Nullable String accept) {
    var request = new MockHttpServletRequest();
    if (accept != null) {
      request.addHeader("Accept", accept.replace('|', ';'));
    }
    return request;
  }
}
