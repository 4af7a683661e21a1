package dev.rekey.audit.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.accept.HeaderContentNegotiationStrategy;
import org.springframework.web.context.request.ServletWebRequest;

class FormatTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "     |                                | JSON",
        "     | */*                            | JSON",
        "     | application/json               | JSON",
        "     | text/csv                       | CSV",
        "     | text/csv;charset=utf-8         | CSV",
        "     | text/*                         | CSV",
        "     | text/csv, */*;q=0.1            | CSV",
        "     | text/csv;q=0.5, application/json | JSON",
        "     | application/json;q=0.5, text/csv | CSV",
        "     | text/html, */*;q=0.8           | JSON",
        "csv  | application/json               | CSV",
        "JSON | text/csv                       | JSON"
      })
  void parameterWinsOverTheHeader(@Nullable String format, @Nullable String accept, Format expected)
      throws HttpMediaTypeNotAcceptableException {
    var request = new MockHttpServletRequest();
    if (accept != null) {
      request.addHeader("Accept", accept);
    }

    assertThat(
            Format.of(
                format,
                new HeaderContentNegotiationStrategy()
                    .resolveMediaTypes(new ServletWebRequest(request))))
        .isEqualTo(expected);
  }
}
