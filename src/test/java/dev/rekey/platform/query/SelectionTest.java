package dev.rekey.platform.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekey.platform.Values;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SelectionTest {

  private enum State {
    OPEN,
    ON_HOLD,
    ON_ORDER,
    DONE
  }

  @ParameterizedTest
  @CsvSource({
    "on*,             'ON_HOLD,ON_ORDER'",
    "'on*,!on-order', ON_HOLD",
    "!done,           '!DONE'",
    "'!done,!open',   '!OPEN,!DONE'",
    "'none,done',     'DONE,none'",
    "!NONE,           '!none'",
    "*,               'OPEN,ON_HOLD,ON_ORDER,DONE'"
  })
  void readsValuesExceptionsAndPrefixes(String sent, String read) {
    assertThat(states(sent)).hasToString(read);
    assertThat(states(states(sent).toString())).isEqualTo(states(sent));
  }

  @Test
  void noParameterAsksForAnyValue() {
    Selection<State> any = Selection.anyOfOrNone("state", null, State.values());

    assertThat(any.isAny()).isTrue();
    assertThat(includes(any, null)).isTrue();
    assertThat(includes(any, State.DONE)).isTrue();
    assertThat(condition(any).sql()).isEqualTo("true");
  }

  @Test
  void allExceptAValueIncludesNoValue() {
    assertThat(includes(states("!done"), null)).isTrue();
    assertThat(includes(states("!done,!none"), null)).isFalse();
    assertThat(includes(states("!none"), State.DONE)).isTrue();
    assertThat(includes(states("done"), null)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "done,           'c = :s'",
    "'done,open',    'c = any (:s)'",
    "'done,none',    '(c = :s or c is null)'",
    "none,           'c is null'",
    "!none,          'c is not null'",
    "!done,          '(c <> :s or c is null)'",
    "'!done,!open',  '(c <> all (:s) or c is null)'",
    "'!done,!none',  'c <> :s'"
  })
  void theConditionTreatsNoValueAsOneOfTheValues(String sent, String sql) {
    assertThat(condition(states(sent)).sql()).isEqualTo(sql);
  }

  @Test
  void anUnknownValueIsRefusedWithAllThatAreKnown() {
    assertThatThrownBy(() -> states("lost"))
        .hasMessageContaining("[OPEN, ON_HOLD, ON_ORDER, DONE], or none for no value.");
    assertThatThrownBy(() -> states("x*")).hasMessageContaining("state has to be");
    assertThatThrownBy(() -> states("!")).hasMessageContaining("state has to be");
    assertThatThrownBy(() -> states("done,!done"))
        .hasMessageContaining("state leaves out everything that it asks for.");
  }

  @Test
  void aNameMayBeLeftOut() {
    Selection<String> names = Selection.names("actor", Values.of("!cn=ann,ou=people", "!ben"));

    assertThat(names.values()).containsExactly("cn=ann,ou=people", "ben");
    assertThat(names.includes("ben")).isFalse();
    assertThat(names.includes("eve")).isTrue();
  }

  private static Selection<State> states(String sent) {
    return Selection.anyOfOrNone("state", Values.of(sent), State.values());
  }

  private static boolean includes(Selection<State> states, @Nullable State state) {
    List<State> all = List.of(State.values());
    assertThat(states.among(all)).isSubsetOf(all);
    return states.includes(state);
  }

  private static Conditions condition(Selection<State> states) {
    var where = new Conditions();
    states.addTo(where, "c", "s");
    return where;
  }
}
