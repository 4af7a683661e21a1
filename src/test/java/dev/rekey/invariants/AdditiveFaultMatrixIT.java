package dev.rekey.invariants;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.springframework.test.context.TestPropertySource;

/** Every fault at an additive ConductorOne, whose connectors no policy may rotate. */
@TestPropertySource(
    properties = {
      "rekey.upstreams.conductorone.rotation=ADDITIVE",
      "rekey.policies[0].name=notifying",
      "rekey.policies[0].actions[0].action=notify",
      "rekey.policies[0].actions[0].time-before-expiry=P30D"
    })
class AdditiveFaultMatrixIT extends FaultMatrix {

  @ParameterizedTest
  @EnumSource(value = Fault.class, mode = Mode.EXCLUDE, names = "STALE_LIST")
  void aRotationAtConductorOneThatAdds(Fault fault) {
    aRotation(fault, false);
  }
}
