package dev.rekey.load;

import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The requests that got no response, because their replica was gone. */
final class Refusals {

  private final Queue<Refusal> all = new ConcurrentLinkedQueue<>();

  /**
   * A request without a response.
   *
   * @param begun when it was sent
   * @param failed when its connection was lost
   */
  record Refusal(String request, Instant begun, Instant failed) {}

  /** Counts a request that has failed now. */
  void add(String request, Instant begun) {
    all.add(new Refusal(request, begun, Instant.now()));
  }

  List<Refusal> all() {
    return List.copyOf(all);
  }
}
