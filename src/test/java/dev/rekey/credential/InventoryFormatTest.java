package dev.rekey.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.web.MockHttpServletRequest;

class InventoryFormatTest {

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
        "csv; application/json; CSV",
        "CSV; -; CSV",
        "json; text/csv; JSON"
      })
  void parameterCountsBeforeTheHeader(
      @Nullable String parameter, @Nullable String accept, InventoryFormat expected) {
    assertThat(InventoryFormat.of(parameter, request(accept))).isEqualTo(expected);
  }

  @Test
  void anotherParameterIsRefused() {
    assertThatThrownBy(() -> InventoryFormat.of("xml", request(null)))
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
