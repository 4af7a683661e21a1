package dev.rekey.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.platform.PathId;
import dev.rekey.upstream.Reply;
import dev.rekey.upstream.UpstreamCredential;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class MutationStateTest {

  private static final List<Outcome<UpstreamCredential>> OUTCOMES =
      List.of(
          new Outcome.Succeeded<>(OutcomeTest.credential("c1")),
          new Outcome.NotAttempted<>(Reply.Obstacle.NOT_CONNECTED),
          new Outcome.Rejected<>(400, "", null),
          new Outcome.Unknown<>("no response", null, null),
          new Outcome.Compensated<>(PathId.of("c1"), "no record"));

  @Test
  void everyOutcomeOfACallCanBeRecorded() {
    assertThat(OUTCOMES)
        .allSatisfy(outcome -> assertThat(MutationState.PENDING.next()).contains(outcome.state()));
  }

  @ParameterizedTest
  @EnumSource
  void noStateFollowsItself(MutationState state) {
    assertThat(state.next()).doesNotContain(state);
  }

  @Test
  void onlyAStateInWhichNothingWasDeliveredAllowsANewAttempt() {
    assertThat(statesBefore(MutationState.PENDING))
        .containsExactlyInAnyOrder(
            MutationState.NOT_ATTEMPTED,
            MutationState.REJECTED,
            MutationState.NOT_APPLIED,
            MutationState.ORPHAN_REMOVED,
            MutationState.COMPENSATED);
  }

  @ParameterizedTest
  @EnumSource(names = {"SUPERSEDED", "RESOLVED"})
  void aClosedUnknownRotationIsFinal(MutationState state) {
    assertThat(state.next()).isEmpty();
    assertThat(statesBefore(state)).containsExactly(MutationState.UNKNOWN);
  }

  @ParameterizedTest
  @CsvSource({"SUCCEEDED, COMPENSATED", "REJECTED, PENDING"})
  void knownOutcomesHaveOneNextState(MutationState state, MutationState next) {
    assertThat(state.next()).containsExactly(next);
  }

  private static Set<MutationState> statesBefore(MutationState state) {
    var before = EnumSet.noneOf(MutationState.class);
    Arrays.stream(MutationState.values())
        .filter(each -> each.next().contains(state))
        .forEach(before::add);
    return before;
  }
}
