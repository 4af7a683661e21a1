package dev.rekey.upstream.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {

  @Test
  void secondsAndDatesAreParsed() {
    String inAMinute =
        DateTimeFormatter.RFC_1123_DATE_TIME.format(
            Instant.now().plusSeconds(60).atOffset(ZoneOffset.UTC));

    assertThat(RetryAfter.parse("7")).contains(Duration.ofSeconds(7));
    assertThat(RetryAfter.parse(inAMinute).orElseThrow())
        .isBetween(Duration.ofSeconds(50), Duration.ofSeconds(61));
    assertThat(RetryAfter.parse("Wed, 21 Oct 2015 07:28:00 GMT")).contains(Duration.ZERO);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "soon", "-1", "99999999999999999999", "1.5"})
  void malformedValuesAreIgnored(String header) {
    assertThat(RetryAfter.parse(header)).isEmpty();
  }
}
