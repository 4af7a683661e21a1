package sandbox.gateway;

import java.io.IOException;
import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;
import sandbox.faults.FaultInjector;
import sandbox.faults.Faults;
import sandbox.wire.Call;
import sandbox.wire.ErrorShape;
import sandbox.wire.Operation;
import sandbox.wire.Refusal;
import sandbox.wire.Response;
import sandbox.wire.Upstream;

/**
 * The entry point of one upstream. It authenticates and records a call, then applies the fault that
 * is due. A call that fails authentication consumes no fault.
 */
public final class Gateway {
  private final Upstream upstream;
  private final ErrorShape errors;
  private final AccessTokens tokens;
  private final Calls calls;
  private final Faults faults;
  private final FaultInjector misbehaviour;

  Gateway(
      Upstream upstream,
      ErrorShape errors,
      AccessTokens tokens,
      Calls calls,
      Faults faults,
      FaultInjector misbehaviour) {
    this.upstream = upstream;
    this.errors = errors;
    this.tokens = tokens;
    this.calls = calls;
    this.faults = faults;
    this.misbehaviour = misbehaviour;
  }

  /** Executes an authenticated call. Throws {@link Refusal} if the upstream rejects it. */
  public interface Endpoint {
    Response answer(Call call);
  }

  /** Authenticates the caller, or throws {@link Refusal}. */
  public interface Admission {
    Endpoint admit(Call call);
  }

  /** A management route: requires a valid token of a client that may manage. */
  public HandlerFunction<ServerResponse> api(Operation operation, Endpoint endpoint) {
    return request -> serve(request, operation, errors, call -> behindToken(call, endpoint));
  }

  /** A token route: the route authenticates the client itself. */
  public HandlerFunction<ServerResponse> token(Admission admission) {
    return request -> serve(request, Operation.TOKEN, ErrorShape.OAUTH, admission);
  }

  /** Handles calls that match no route. */
  public ServerResponse unknown(ServerRequest request) throws IOException {
    Call call = Call.read(request);
    calls.record(upstream, Operation.UNKNOWN, call, tokens.of(call).isPresent());
    return errors.error(404, "No such route").toResponse();
  }

  private Endpoint behindToken(Call call, Endpoint endpoint) {
    boolean manages =
        tokens.of(call).orElseThrow(() -> errors.refusal(401, "No valid token")).manages();
    return manages ? endpoint : _ -> errors.error(403, "This client may not manage credentials");
  }

  private ServerResponse serve(
      ServerRequest request, Operation operation, ErrorShape shape, Admission admission)
      throws IOException {
    Call call = Call.read(request);
    try {
      Endpoint endpoint = admission.admit(call);
      calls.record(upstream, operation, call, true);
      return faults
          .next(upstream, operation)
          .map(fault -> misbehaviour.commit(fault, request, call, shape, c -> done(endpoint, c)))
          .orElseGet(() -> done(endpoint, call).toResponse());
    } catch (Refusal refusal) {
      calls.record(upstream, operation, call, false);
      return refusal.answer().toResponse();
    }
  }

  private static Response done(Endpoint endpoint, Call call) {
    try {
      return endpoint.answer(call);
    } catch (Refusal refusal) {
      return refusal.answer();
    }
  }
}
