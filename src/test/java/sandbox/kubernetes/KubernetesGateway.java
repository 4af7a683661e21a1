package sandbox.kubernetes;

import java.io.IOException;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;
import sandbox.faults.Fault;
import sandbox.faults.FaultInjector;
import sandbox.wire.Call;
import sandbox.wire.ErrorShape;
import sandbox.wire.Parameters;
import sandbox.wire.Refusal;
import sandbox.wire.Response;

/**
 * The entry point of the API server. It records a request, authenticates and authorizes it, then
 * applies the fault that is due. A refused request consumes no fault.
 */
@Component
final class KubernetesGateway {
  static final String PREFIX = "/kubernetes";

  private final Requests requests;
  private final Access access;
  private final ClusterFaults faults;
  private final FaultInjector misbehaviour;
  private final ApiServer server;

  KubernetesGateway(
      Requests requests,
      Access access,
      ClusterFaults faults,
      FaultInjector misbehaviour,
      ApiServer server) {
    this.requests = requests;
    this.access = access;
    this.faults = faults;
    this.misbehaviour = misbehaviour;
    this.server = server;
  }

  ServerResponse serve(ServerRequest request) throws IOException {
    Call call = Call.read(request);
    Parameters query = query(call);
    String path = request.servletRequest().getRequestURI().substring(PREFIX.length());
    Attributes wanted = Attributes.of(request.method().name(), path, query);
    boolean dryRun = Options.isDryRun(query);
    long number = requests.add(wanted, dryRun, touched(wanted, call));
    if (faults.isDown()) {
      return commit(new Fault.ResetBefore(), request, wanted, call);
    }
    try {
      access.require(call, wanted);
    } catch (Refusal refusal) {
      return answered(number, refusal.answer().toResponse());
    }
    Optional<Fault> fault = faults.next(wanted, dryRun);
    if (fault.isEmpty()) {
      return answered(number, done(wanted, call).toResponse());
    }
    ServerResponse response = commit(fault.get(), request, wanted, call);
    return isSilent(fault.get()) ? response : answered(number, response);
  }

  private ServerResponse commit(Fault fault, ServerRequest request, Attributes wanted, Call call) {
    return misbehaviour.commit(
        fault, request, call, ErrorShape.KUBERNETES, again -> done(wanted, again));
  }

  private Response done(Attributes wanted, Call call) {
    try {
      return server.answer(wanted, call);
    } catch (Refusal refusal) {
      return refusal.answer();
    }
  }

  private ServerResponse answered(long number, ServerResponse response) {
    requests.answered(number, response.statusCode().value());
    return response;
  }

  private static boolean isSilent(Fault fault) {
    return fault instanceof Fault.Hang
        || fault instanceof Fault.ResetBefore
        || fault instanceof Fault.ResetAfter
        || fault instanceof Fault.Late;
  }

  private static SortedSet<String> touched(Attributes wanted, Call call) {
    return wanted.verb().equals("patch")
        ? call.json().map(MergePatch::paths).orElseGet(Collections::emptySortedSet)
        : Collections.emptySortedSet();
  }

  /** The server refuses a broken query later, after it has authenticated the caller. */
  private static Parameters query(Call call) {
    try {
      return call.query();
    } catch (IllegalArgumentException _) {
      return Parameters.parse(null);
    }
  }
}
