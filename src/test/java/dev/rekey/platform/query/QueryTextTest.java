package dev.rekey.platform.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekey.platform.Values;
import java.time.ZoneId;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueryTextTest {

  private enum State {
    ON_HOLD,
    DONE
  }

  @ParameterizedTest
  @ValueSource(strings = {"ON_HOLD", "on_hold", "On-Hold", "on-hold"})
  void anEnumerationMayBeInAnyCase(String text) {
    assertThat(QueryText.anyOf("state", Values.of(text), State.values()))
        .containsExactly(State.ON_HOLD);
    assertThat(QueryText.oneOf("state", text, State.values())).isEqualTo(State.ON_HOLD);
  }

  @Test
  void severalValuesAreSeparatedByCommasOrRepeated() {
    assertThat(QueryText.anyOf("state", Values.of("done, on-hold"), State.values()))
        .isEqualTo(QueryText.anyOf("state", Values.of("on-hold", "DONE,done"), State.values()))
        .containsExactly(State.ON_HOLD, State.DONE);
    assertThat(QueryText.anyOf("state", null, State.values())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"done,", ",", "done,other"})
  void aListWithAnUnknownValueIsRefused(String text) {
    assertThatThrownBy(() -> QueryText.anyOf("state", Values.of(text), State.values()))
        .hasMessageContaining("state has to be one or more of [ON_HOLD, DONE].");
  }

  @Test
  void aNameMayContainAComma() {
    assertThat(QueryText.names("actor", Values.of("cn=ann,ou=people", "ben")))
        .containsExactly("cn=ann,ou=people", "ben");
  }

  @Test
  void aListOfNamesHasNoExceptions() {
    assertThatThrownBy(() -> QueryText.names("team", Values.of("!search")))
        .hasMessageContaining("team has to name what is wanted");
  }

  @Test
  void aListLeavesOutExceptions() {
    assertThat(QueryText.anyOf("state", Values.of("!done"), State.values()))
        .containsExactly(State.ON_HOLD);
    assertThatThrownBy(() -> QueryText.anyOf("state", Values.of("!done,!on*"), State.values()))
        .hasMessageContaining("state leaves out every value.");
  }

  @ParameterizedTest
  @CsvSource({
    "utc, UTC",
    "Utc, UTC",
    "z, Z",
    "gmt, GMT",
    "etc/utc, Etc/UTC",
    "europe/BERLIN, Europe/Berlin",
    "pst, America/Los_Angeles",
    "+5, +05:00",
    "-0330, -03:30",
    "utc+2, UTC+02:00"
  })
  void aZoneMayHaveAnyUsualName(String text, String zone) {
    assertThat(QueryText.zone("timeZone", text)).isEqualTo(ZoneId.of(zone));
  }

  @ParameterizedTest
  @ValueSource(strings = {"browser", "default", "local", " 05:30", "Berlin", "+25:00"})
  void aZoneThatOnlyAClientKnowsIsRefused(String text) {
    assertThatThrownBy(() -> QueryText.zone("timeZone", text))
        .hasMessageContaining("timeZone has to be a zone such as Europe/Berlin")
        .hasMessageContaining("%2B")
        .hasMessageContaining("browser");
  }

  @Test
  void idsAreReadAsUuids() {
    var id = UUID.randomUUID();

    assertThat(QueryText.ids("id", Values.of(id + "," + id))).containsExactly(id);
    assertThatThrownBy(() -> QueryText.ids("id", Values.of(id + ",x")))
        .hasMessageContaining("id has to be a UUID.");
  }
}
