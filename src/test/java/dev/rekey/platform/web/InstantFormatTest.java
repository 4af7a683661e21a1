package dev.rekey.platform.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

class InstantFormatTest {

  private static final JsonMapper JSON =
      JsonMapper.builder().addModule(new SimpleModule().addSerializer(new InstantFormat())).build();

  @ParameterizedTest
  @CsvSource({
    "2026-01-31T12:00:00Z,           2026-01-31T12:00:00.000000Z",
    "2026-01-31T12:00:00.1Z,         2026-01-31T12:00:00.100000Z",
    "2026-01-31T12:00:00.123456Z,    2026-01-31T12:00:00.123456Z",
    "2026-01-31T12:00:00.123456789Z, 2026-01-31T12:00:00.123456789Z"
  })
  void timeHasSixDecimalsOrNine(Instant time, String text) {
    assertThat(JSON.writeValueAsString(time)).isEqualTo("\"" + text + "\"");
  }
}
