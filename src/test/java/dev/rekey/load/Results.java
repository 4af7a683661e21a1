package dev.rekey.load;

import dev.rekey.invariants.DeliveredSecret;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The results of all clients. */
final class Results {

  private final Queue<DeliveredSecret> secrets = new ConcurrentLinkedQueue<>();
  private final Queue<String> unexpected = new ConcurrentLinkedQueue<>();
  private final Counts counts = new Counts();

  void secret(DeliveredSecret secret) {
    secrets.add(secret);
    counts.count(
        secret.wasRecorded()
            ? "responses with a secret"
            : "responses with a secret not recorded yet");
  }

  /** Records a response that no client expects. */
  void unexpected(String answer) {
    unexpected.add(answer);
  }

  List<DeliveredSecret> secrets() {
    return List.copyOf(secrets);
  }

  List<String> unexpected() {
    return List.copyOf(unexpected);
  }

  Counts counts() {
    return counts;
  }
}
