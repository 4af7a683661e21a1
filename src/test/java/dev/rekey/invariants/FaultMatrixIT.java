package dev.rekey.invariants;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Every fault at Keycard, and at a ConductorOne whose rotations revoke old credentials. */
class FaultMatrixIT extends FaultMatrix {

  @ParameterizedTest
  @EnumSource(Mishap.class)
  void aCreationAtKeycard(Mishap mishap) {
    aCreation(mishap);
  }

  @ParameterizedTest
  @EnumSource(value = Mishap.class, mode = Mode.EXCLUDE, names = "STALE_LIST")
  void aRotationAtConductorOneThatReplaces(Mishap mishap) {
    aRotation(mishap, true);
  }
}
