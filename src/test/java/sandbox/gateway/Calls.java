package sandbox.gateway;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;
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
   */
  public record Recorded(String upstream, Operation operation, Instant at, boolean authenticated) {}

  void record(Upstream upstream, Operation operation, boolean authenticated) {
    add(new Recorded(upstream.wireName(), operation, Instant.now(), authenticated));
  }

  public void recordRedirected(boolean authorizationSent) {
    add(new Recorded("unknown", Operation.REDIRECTED, Instant.now(), authorizationSent));
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
