package sandbox.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;
import sandbox.wire.Operation;
import sandbox.wire.Upstream;

/** The queued faults. The first matching fault with remaining uses is due. */
@Component
public final class Faults {
  private final List<Waiting> waiting = new ArrayList<>();

  public synchronized void add(Upstream upstream, Operation operation, Fault fault, int times) {
    waiting.add(new Waiting(upstream, operation, fault, times));
  }

  public synchronized Optional<Fault> next(Upstream upstream, Operation operation) {
    for (int i = 0; i < waiting.size(); i++) {
      Waiting candidate = waiting.get(i);
      if (candidate.upstream == upstream && candidate.operation == operation) {
        spend(i, candidate);
        return Optional.of(candidate.fault);
      }
    }
    return Optional.empty();
  }

  private void spend(int index, Waiting fault) {
    if (fault.times == 1) {
      waiting.remove(index);
    } else if (fault.times != UNLIMITED) {
      waiting.set(
          index, new Waiting(fault.upstream, fault.operation, fault.fault, fault.times - 1));
    }
  }

  public synchronized void clear() {
    waiting.clear();
  }

  public static final int UNLIMITED = Integer.MAX_VALUE;

  private record Waiting(Upstream upstream, Operation operation, Fault fault, int times) {}
}
