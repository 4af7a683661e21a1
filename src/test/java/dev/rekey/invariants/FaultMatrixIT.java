package dev.rekey.invariants;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Every fault at Keycard, and at a replacing ConductorOne. */
class FaultMatrixIT extends FaultMatrix {

  @ParameterizedTest
  @EnumSource(Fault.class)
  void aCreationAtKeycard(Fault fault) {
    aCreation(fault);
  }

  @ParameterizedTest
  @EnumSource(value = Fault.class, mode = Mode.EXCLUDE, names = "STALE_LIST")
  void aRotationAtConductorOneThatReplaces(Fault fault) {
    aRotation(fault, true);
  }
}
