package dev.rekey.invariants;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.springframework.test.context.TestPropertySource;

/** Every fault at a ConductorOne whose rotations keep old credentials. */
@TestPropertySource(properties = "rekey.upstreams.conductorone.rotation=ADDITIVE")
class AdditiveFaultMatrixIT extends FaultMatrix {

  @ParameterizedTest
  @EnumSource(value = Mishap.class, mode = Mode.EXCLUDE, names = "STALE_LIST")
  void aRotationAtConductorOneThatAdds(Mishap mishap) {
    aRotation(mishap, false);
  }
}
