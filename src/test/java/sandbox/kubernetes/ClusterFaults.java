package sandbox.kubernetes;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import sandbox.faults.Fault;

/**
 * The queued faults of the API server. The first that matches is due, unless the server is down.
 */
@Component
public final class ClusterFaults {
  private final List<Waiting> waiting = new ArrayList<>();
  private boolean down;

  /**
   * The requests that a fault is for. Null stands for any.
   *
   * @param dryRun true for dry runs only, false for others only
   */
  public record Scope(@Nullable String verb, @Nullable String resource, @Nullable Boolean dryRun) {

    private boolean includes(Attributes wanted, boolean isDryRun) {
      return (verb == null || verb.equals(wanted.verb()))
          && (resource == null || resource.equals(wanted.resource()))
          && (dryRun == null || dryRun == isDryRun);
    }
  }

  private record Waiting(Scope scope, Fault fault, @Nullable Integer times) {}

  /**
   * Adds a fault.
   *
   * @param times how many requests it affects; null for all
   */
  public synchronized void add(Scope scope, Fault fault, @Nullable Integer times) {
    waiting.add(new Waiting(scope, fault, times));
  }

  synchronized Optional<Fault> next(Attributes wanted, boolean dryRun) {
    for (int i = 0; i < waiting.size(); i++) {
      Waiting candidate = waiting.get(i);
      if (candidate.scope.includes(wanted, dryRun)) {
        spend(i, candidate);
        return Optional.of(candidate.fault);
      }
    }
    return Optional.empty();
  }

  private void spend(int index, Waiting candidate) {
    if (candidate.times == null) {
      return;
    }
    if (candidate.times == 1) {
      waiting.remove(index);
    } else {
      waiting.set(index, new Waiting(candidate.scope, candidate.fault, candidate.times - 1));
    }
  }

  /** While the server is down, it resets every connection. */
  public synchronized void setDown(boolean isDown) {
    down = isDown;
  }

  synchronized boolean isDown() {
    return down;
  }

  public synchronized void clear() {
    waiting.clear();
  }
}
