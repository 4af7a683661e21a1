package sandbox.gateway;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import sandbox.wire.Call;
import sandbox.wire.Operation;
import sandbox.wire.Upstream;

/** Records every call, in the order of arrival. */
@Component
public final class Calls {
  private final List<Recorded> calls = new ArrayList<>();

  /**
   * One call.
   *
   * @param upstream name of the upstream; {@code unknown} for a followed redirect
   * @param clientRequestId its X-Client-Request-ID; null if it had none
   */
  public record Recorded(
      String upstream,
      Operation operation,
      Instant at,
      boolean authenticated,
      @Nullable String clientRequestId) {}

  void record(Upstream upstream, Operation operation, Call call, boolean authenticated) {
    String id = call.header("X-Client-Request-ID").orElse(null);
    add(new Recorded(upstream.wireName(), operation, Instant.now(), authenticated, id));
  }

  public void recordRedirected(boolean authorizationSent) {
    add(new Recorded("unknown", Operation.REDIRECTED, Instant.now(), authorizationSent, null));
  }

  private synchronized void add(Recorded call) {
    calls.add(call);
  }

  public synchronized List<Recorded> all() {
    return List.copyOf(calls);
  }

  public synchronized void clear() {
    calls.clear();
  }
}
