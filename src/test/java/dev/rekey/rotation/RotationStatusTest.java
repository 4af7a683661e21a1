package dev.rekey.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rekey.platform.PathId;
import dev.rekey.platform.problem.ProblemException;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.rotation.RotationStatus.Action;
import dev.rekey.rotation.RotationStatus.Decided;
import dev.rekey.rotation.RotationStatus.Known;
import dev.rekey.rotation.RotationStatus.OldCredential;
import dev.rekey.upstream.CredentialNaming;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Which actions are possible in each situation. */
class RotationStatusTest {

  private static final UUID ROTATION = UUID.fromString("0197f0a0-0000-7000-8000-000000000001");
  private static final UUID REISSUE = UUID.fromString("0197f0a0-0000-7000-8000-000000000002");
  private static final Decided NOTHING = new Decided(false, false, null, false);
  private static final Decided CONFIRMED = new Decided(true, false, null, false);
  private static final @Nullable Known NONE = null;

  // A credential in the inventory has one of these statuses, or there is none.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ACTIVE   | ACTIVE   | confirm revert reissue
          ACTIVE   | RETIRING | reissue
          ACTIVE   | RETIRED  | reissue
          ACTIVE   | EXPIRED  | reissue
          ACTIVE   | MISSING  | reissue
          ACTIVE   |          | reissue
          RETIRING | ACTIVE   | confirm
          RETIRED  | ACTIVE   | confirm
          EXPIRED  | ACTIVE   | confirm
          MISSING  | ACTIVE   | confirm
          RETIRED  | RETIRED  |
          RETIRED  |          |
                   |          |
          """)
  void anUndecidedRotationDependsOnItsCredentials(
      @Nullable String made, @Nullable String old, @Nullable String possible) {
    var status = succeeded(credential(made), old(credential(old), false, false), NOTHING);

    assertThat(status.possible()).isEqualTo(actions(possible));
  }

  @ParameterizedTest
  @CsvSource({
    "RETIRING, true, false, revert reissue",
    "RETIRING, true, true, reissue",
    "RETIRING, false, false, reissue",
    "RETIRED, false, false, reissue",
    "RETIRED, true, false, reissue",
    "ACTIVE, false, false, revert reissue",
    "ACTIVE, false, true, reissue"
  })
  void aConfirmedRotationCanBeRevertedUntilTheOldCredentialIsBeingRetired(
      String old, boolean isPlanned, boolean isBeingRetired, String possible) {
    var status =
        succeeded(credential("ACTIVE"), old(credential(old), isPlanned, isBeingRetired), CONFIRMED);

    assertThat(status.possible()).isEqualTo(actions(possible));
  }

  @Test
  void aRevertedRotationIsFinal() {
    assertThat(active(new Decided(false, true, null, false)).possible()).isEmpty();
  }

  @Test
  void nothingIsPossibleDuringAReissue() {
    assertThat(active(new Decided(false, false, null, true)).possible()).isEmpty();
  }

  @Test
  void aReissuedRotationRefersToTheOtherOne() {
    var status = active(new Decided(false, false, REISSUE, false));

    assertThat(status.possible()).isEmpty();
    assertThat(problemOf(status, Action.CONFIRM).getBody().getDetail())
        .contains(REISSUE.toString());
  }

  @Test
  void anUnknownRotationCanOnlyBeResolved() {
    assertThat(ofState(MutationState.UNKNOWN, false).possible()).containsExactly(Action.RESOLVE);
  }

  @Test
  void anUnknownRotationCannotBeResolvedWhileRekeyReconcilesIt() {
    var status = ofState(MutationState.UNKNOWN, true);

    assertThat(status.possible()).isEmpty();
    assertThat(problemOf(status, Action.RESOLVE).getBody().getDetail()).contains("automatically");
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"SUCCEEDED", "UNKNOWN"})
  void noOtherStateAllowsAnAction(MutationState state) {
    for (boolean isReconciling : new boolean[] {false, true}) {
      var status = ofState(state, isReconciling);

      assertThat(status.possible()).isEmpty();
      for (Action action : Action.values()) {
        assertThat(problemOf(status, action).getBody().getDetail()).contains(state.name());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void anActionIsRefusedExactlyIfItIsNotPossible(Action action) {
    for (RotationStatus status : List.of(active(NOTHING), active(CONFIRMED))) {
      if (status.possible().contains(action)) {
        assertThatCode(() -> status.require(action)).doesNotThrowAnyException();
      } else {
        ProblemException problem = problemOf(status, action);
        assertThat(problem.type()).isEqualTo(ProblemType.WRONG_STATE);
        assertThat(problem.getBody().getProperties())
            .containsEntry("possible", List.copyOf(status.possible()))
            .containsEntry("rotationId", ROTATION);
      }
    }
  }

  @Test
  void aRefusalNamesWhatIsPossible() {
    assertThat(problemOf(active(CONFIRMED), Action.CONFIRM).getBody().getDetail())
        .endsWith("Possible: revert, reissue.");
    assertThat(
            problemOf(ofState(MutationState.RESOLVED, false), Action.RESOLVE).getBody().getDetail())
        .endsWith("Nothing else is possible with this rotation.");
  }

  @ParameterizedTest
  @CsvSource({
    "RESERVED,",
    "OUTSTANDING,",
    "PARKED, revert reissue",
    "DELIVERED, confirm reissue",
    "SUPERSEDED, confirm revert reissue"
  })
  void whatWasDeliveredIsConfirmedAndNotReverted(
      DeliveryState delivery, @Nullable String possible) {
    assertThat(delivered(delivery).possible()).isEqualTo(actions(possible));
  }

  @Test
  void aProblemTellsThatTheSecretIsNotDeliveredYet() {
    assertThat(problemOf(delivered(DeliveryState.PARKED), Action.CONFIRM))
        .hasMessageContaining("not delivered");
  }

  private static RotationStatus active(Decided decided) {
    return succeeded(credential("ACTIVE"), old(credential("ACTIVE"), false, false), decided);
  }

  private static RotationStatus succeeded(
      @Nullable Known made, @Nullable OldCredential old, Decided decided) {
    return status(MutationState.SUCCEEDED, made, old, decided, false);
  }

  private static RotationStatus ofState(MutationState state, boolean isReconciling) {
    return status(state, NONE, old(credential("ACTIVE"), false, false), NOTHING, isReconciling);
  }

  private static RotationStatus status(
      MutationState state,
      @Nullable Known made,
      @Nullable OldCredential old,
      Decided decided,
      boolean isReconciling) {
    return new RotationStatus(
        ROTATION,
        FakeUpstream.SUBJECT,
        FakeUpstream.SUBJECT.name(),
        state,
        made,
        old,
        new RotationTerms(CredentialNaming.NONE, null, false),
        decided,
        null,
        null,
        isReconciling);
  }

  private static RotationStatus delivered(DeliveryState delivery) {
    return new RotationStatus(
        ROTATION,
        FakeUpstream.SUBJECT,
        FakeUpstream.SUBJECT.name(),
        MutationState.SUCCEEDED,
        credential("ACTIVE"),
        old(credential("ACTIVE"), false, false),
        new RotationTerms(CredentialNaming.NONE, null, true),
        NOTHING,
        null,
        delivery,
        false);
  }

  private static @Nullable OldCredential old(
      @Nullable Known known, boolean isPlanned, boolean isBeingRetired) {
    return known == null ? null : new OldCredential(known, isPlanned, isBeingRetired);
  }

  private static @Nullable Known credential(@Nullable String status) {
    return status == null ? null : new Known(UUID.randomUUID(), PathId.of("c1"), status);
  }

  private static Set<Action> actions(@Nullable String names) {
    var actions = EnumSet.noneOf(Action.class);
    if (names != null) {
      Arrays.stream(Action.values())
          .filter(action -> List.of(names.split(" ", -1)).contains(action.toString()))
          .forEach(actions::add);
    }
    return actions;
  }

  private static ProblemException problemOf(RotationStatus status, Action action) {
    return catchThrowableOfType(ProblemException.class, () -> status.require(action));
  }
}
