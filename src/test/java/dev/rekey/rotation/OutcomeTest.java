package dev.rekey.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.audit.AuditOutcome;
import dev.rekey.platform.PathId;
import dev.rekey.upstream.Reply;
import dev.rekey.upstream.Upstream.Retired;
import dev.rekey.upstream.UpstreamCredential;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The evidence table, row by row. */
class OutcomeTest {

  static UpstreamCredential credential(String id) {
    return new UpstreamCredential(
        PathId.of(id), null, null, null, null, null, null, null, null, null, null);
  }

  @Test
  void aUsableResponseIsASuccess() {
    assertThat(Outcome.of(new Reply.Success<>("value")).state()).isEqualTo(MutationState.SUCCEEDED);
  }

  @ParameterizedTest
  @EnumSource
  void aRequestThatWasNotSentIsNotAttempted(Reply.Obstacle obstacle) {
    assertThat(Outcome.of(new Reply.NotSent<>(obstacle)).state())
        .isEqualTo(MutationState.NOT_ATTEMPTED);
  }

  @ParameterizedTest
  @EnumSource
  void aLostResponseIsUnknown(Reply.Loss loss) {
    assertThat(Outcome.of(new Reply.Lost<>(loss)).state()).isEqualTo(MutationState.UNKNOWN);
  }

  @ParameterizedTest
  @EnumSource
  void anUnusableResponseIsUnknownWithAReason(Reply.Flaw flaw) {
    Outcome<Object> outcome = Outcome.of(new Reply.Unusable<>(flaw));

    assertThat(outcome.state()).isEqualTo(MutationState.UNKNOWN);
    assertThat(outcome.reason()).isEqualTo(flaw.toString());
  }

  @Test
  void onlyStatusesThatExcludeAnEffectAreRejections() {
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

  @Test
  void theIdOfANewCredentialIsKeptWhereItIsKnown() {
    PathId id = PathId.of("c1");

    assertThat(new Outcome.Succeeded<>(credential("c1")).made()).isEqualTo(id);
    assertThat(new Outcome.Compensated<>(id, "no record").made()).isEqualTo(id);
    assertThat(Outcome.of(new Reply.Unusable<>(Reply.Flaw.SECRET_MISSING, id)).made())
        .isEqualTo(id);
    assertThat(new Outcome.Succeeded<>(Retired.NOW).made()).isNull();
    assertThat(Outcome.of(new Reply.ErrorStatus<>(400, "", null)).made()).isNull();
  }

  @Test
  void anErrorStatusIsKept() {
    assertThat(Outcome.of(new Reply.ErrorStatus<>(409, "taken", null)).upstreamStatus())
        .isEqualTo(409);
    assertThat(Outcome.of(new Reply.ErrorStatus<>(500, "", null)).upstreamStatus()).isEqualTo(500);
    assertThat(Outcome.of(new Reply.Lost<>(Reply.Loss.TIMED_OUT)).upstreamStatus()).isNull();
  }

  @Test
  void aMintThatWasUndoneCountsAsNotAppliedInTheHistory() {
    assertThat(new Outcome.Compensated<>(PathId.of("c1"), "no record").state().audited())
        .isEqualTo(AuditOutcome.NOT_APPLIED);
  }
}
