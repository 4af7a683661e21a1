package sandbox.webhooks;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/** The latest accepted webhooks, oldest first. */
@Component
public final class Webhooks {
  private static final int MOST = 1_000;

  private final Deque<Taken> taken = new ArrayDeque<>();

  /** A webhook with a valid signature. */
  public record Taken(Instant at, String id, JsonNode event) {}

  synchronized void add(Taken one) {
    if (taken.size() == MOST) {
      taken.removeFirst();
    }
    taken.addLast(one);
  }

  public synchronized List<Taken> all() {
    return List.copyOf(taken);
  }

  public synchronized void clear() {
    taken.clear();
  }
}
