package sandbox.gateway;

import org.springframework.stereotype.Component;
import sandbox.faults.FaultInjector;
import sandbox.faults.Faults;
import sandbox.wire.ErrorShape;
import sandbox.wire.Upstream;

/** Creates the entry point of each upstream. */
@Component
public final class Gateways {
  private final Calls calls;
  private final Faults faults;
  private final FaultInjector misbehaviour;

  Gateways(Calls calls, Faults faults, FaultInjector misbehaviour) {
    this.calls = calls;
    this.faults = faults;
    this.misbehaviour = misbehaviour;
  }

  public Gateway gateway(Upstream upstream, ErrorShape errors, AccessTokens tokens) {
    return new Gateway(upstream, errors, tokens, calls, faults, misbehaviour);
  }
}
