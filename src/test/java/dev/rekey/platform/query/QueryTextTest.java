package dev.rekey.platform.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekey.platform.Values;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
  void idsAreReadAsUuids() {
    var id = UUID.randomUUID();

    assertThat(QueryText.ids("id", Values.of(id + "," + id))).containsExactly(id);
    assertThatThrownBy(() -> QueryText.ids("id", Values.of(id + ",x")))
        .hasMessageContaining("id has to be a UUID.");
  }
}
