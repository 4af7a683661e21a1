package dev.rekey.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.upstream.Reply;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The evidence table, row by row. */
class OutcomeTest {

  @Test
  void aUsableAnswerIsASuccess() {
    assertThat(Outcome.of(new Reply.Success<>("value")).state()).isEqualTo(MutationState.SUCCEEDED);
  }

  @ParameterizedTest
  @EnumSource
  void whatWasNotSentWasNotAttempted(Reply.Obstacle obstacle) {
    assertThat(Outcome.of(new Reply.NotSent<>(obstacle)).state())
        .isEqualTo(MutationState.NOT_ATTEMPTED);
  }

  @ParameterizedTest
  @EnumSource
  void aLostAnswerIsUnknown(Reply.Loss loss) {
    assertThat(Outcome.of(new Reply.Lost<>(loss)).state()).isEqualTo(MutationState.UNKNOWN);
  }

  @ParameterizedTest
  @EnumSource
  void anUnusableAnswerIsUnknownAndSaysWhy(Reply.Flaw flaw) {
    Outcome<Object> outcome = Outcome.of(new Reply.Unusable<>(flaw));

    assertThat(outcome.state()).isEqualTo(MutationState.UNKNOWN);
    assertThat(outcome.reason()).isEqualTo(flaw.toString());
  }

  @Test
  void onlyStatusesThatPromiseThatNothingHappenedAreRejections() {
    var rejected =
        IntStream.range(300, 600)
            .filter(
                status ->
                    Outcome.of(new Reply.ErrorStatus<>(status, "", null)).state()
                        == MutationState.REJECTED);

    assertThat(rejected)
        .containsExactlyElementsOf(
            IntStream.concat(
                    IntStream.range(400, 500).filter(status -> status != 408 && status != 499),
                    IntStream.of(501))
                .boxed()
                .toList());
  }
}
