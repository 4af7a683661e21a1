package dev.rekey.upstream.http;

import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.annotation.JsonDeserialize;

class UpstreamTimeTest {

  private record Times(
      @Nullable Instant past,
      @JsonDeserialize(using = UpstreamTime.Expiry.class) @Nullable Instant expiry) {}

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0001-01-01T00:00:00Z",
        "0000-12-31T23:59:59.999999999Z",
        "-0001-11-30T00:00:00Z",
        "1969-12-31T23:59:59Z",
        "1970-01-01T00:00:00Z",
        "1970-01-01T00:00:00.000000001+01:00",
        "1900-01-01T00:00:00Z",
        "1999-12-31T00:00:00Z",
        "2262-04-11T23:47:16.854775807Z",
        "9999-12-31T23:59:59.999Z",
        "+292278994-08-17T07:12:55.807Z",
        "+1000000000-12-31T23:59:59.999999999Z",
        "never",
        ""
      })
  void timeThatCannotBeTrueIsNull(String time) {
    assertThat(read(time)).isEqualTo(new Times(null, null));
  }

  @Test
  void numberThatCannotBeTrueIsNull() {
    assertThat(LenientJson.MAPPER.readValue("{\"past\":0,\"expiry\":-1}", Times.class))
        .isEqualTo(new Times(null, null));
  }

  @Test
  void onlyAnExpiryIsInTheFuture() {
    Instant nextYear = Instant.now().plus(Duration.ofDays(365));

    assertThat(read(nextYear.toString())).isEqualTo(new Times(null, nextYear));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2019-12-27T18:11:19.117Z",
        "2026-01-02T03:04:05.123456789Z",
        "2020-01-01T00:00:00Z"
      })
  void timesInALifeAreKept(String time) {
    assertThat(read(time)).isEqualTo(new Times(Instant.parse(time), Instant.parse(time)));
  }

  private static Times read(String time) {
    return LenientJson.MAPPER.readValue(json("past", time, "expiry", time), Times.class);
  }
}
