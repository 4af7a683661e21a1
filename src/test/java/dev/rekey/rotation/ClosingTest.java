package dev.rekey.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.access.Permits;
import dev.rekey.platform.PathId;
import dev.rekey.upstream.Reply;
import dev.rekey.upstream.UpstreamCredential;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** What an outcome means for an attempt that another replica may have taken over. */
class ClosingTest {

  private static final int EPOCH = 3;
  private static final OpenAttempt ATTEMPT =
      new OpenAttempt(
          UUID.randomUUID(),
          UUID.randomUUID(),
          EPOCH,
          RotationRequest.rotate(
              Permits.write("alice", FakeUpstream.SUBJECT),
              new FakeUpstream(),
              Submission.under(null)));

  private static final Outcome<UpstreamCredential> SUCCESS =
      new Outcome.Succeeded<>(OutcomeTest.credential("c1"));
  private static final Outcome<UpstreamCredential> UNKNOWN =
      new Outcome.Unknown<>("no response", null, null);
  private static final Outcome<UpstreamCredential> COMPENSATED =
      new Outcome.Compensated<>(PathId.of("c1"), "no record");
  private static final Outcome<UpstreamCredential> NOT_SENT =
      new Outcome.NotAttempted<>(Reply.Obstacle.NO_LEASE);

  @Test
  void anOutcomeThatThisReplicaHasRecordedIsRecorded() {
    assertThat(closing(MutationState.UNKNOWN, EPOCH, UNKNOWN).isRecorded()).isTrue();
    assertThat(closing(MutationState.PENDING, EPOCH, UNKNOWN).isRecorded()).isFalse();
  }

  @Test
  void theSameStateFromAnotherReplicaIsAnotherConclusion() {
    assertThat(closing(MutationState.UNKNOWN, EPOCH + 1, UNKNOWN).isRecorded()).isFalse();
  }

  @Test
  void onlyTheSenderCanHaveRecordedASuccess() {
    assertThat(closing(MutationState.SUCCEEDED, EPOCH + 1, SUCCESS).isRecorded()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "PENDING, true, true",
    "UNKNOWN, true, true",
    "NOT_APPLIED, false, true",
    "SUCCEEDED, false, true",
    "ORPHAN_REMOVED, false, false",
    "SUPERSEDED, false, false",
    "RESOLVED, false, false"
  })
  void lateEvidenceCountsUnlessTheAttemptIsConcluded(
      MutationState state, boolean success, boolean compensated) {
    assertThat(closing(state, EPOCH + 1, SUCCESS).isPossible()).isEqualTo(success);
    assertThat(closing(state, EPOCH + 1, COMPENSATED).isPossible()).isEqualTo(compensated);
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"PENDING", "UNKNOWN"})
  void nothingSentIsNoNewsForAConcludedAttempt(MutationState state) {
    assertThat(closing(state, EPOCH, NOT_SENT).isPossible()).isFalse();
  }

  @Test
  void theReasonIsTheOutcomesUnlessASuccessIsLate() {
    assertThat(closing(MutationState.PENDING, EPOCH, SUCCESS).reason()).isNull();
    assertThat(closing(MutationState.UNKNOWN, EPOCH + 1, SUCCESS).reason()).contains("lease");
    assertThat(closing(MutationState.UNKNOWN, EPOCH + 1, COMPENSATED).reason())
        .isEqualTo("no record");
  }

  private static Closing closing(
      MutationState state, int epoch, Outcome<UpstreamCredential> outcome) {
    return new Closing(ATTEMPT, new Closing.Row(state, epoch, true, null), outcome, null);
  }
}
