package dev.rekey.load;

import dev.rekey.invariants.DeliveredSecret;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The results of all clients. */
public final class Results {

  private final Queue<DeliveredSecret> secrets = new ConcurrentLinkedQueue<>();
  private final Queue<String> unexpected = new ConcurrentLinkedQueue<>();
  private final Counts counts = new Counts();

  public void secret(DeliveredSecret secret) {
    secrets.add(secret);
    counts.count(
        secret.wasRecorded()
            ? "responses with a secret"
            : "responses with a secret not recorded yet");
  }

  /** Records a response that no client expects. */
  public void unexpected(String answer) {
    unexpected.add(answer);
  }

  public List<DeliveredSecret> secrets() {
    return List.copyOf(secrets);
  }

  public List<String> unexpected() {
    return List.copyOf(unexpected);
  }

  public Counts counts() {
    return counts;
  }
}
