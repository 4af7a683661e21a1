package dev.rekey.load;

import dev.rekey.invariants.HandedOver;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The results of all clients together. */
final class Harvest {

  private final Queue<HandedOver> secrets = new ConcurrentLinkedQueue<>();
  private final Queue<String> surprises = new ConcurrentLinkedQueue<>();
  private final Tally tally = new Tally();

  void secret(HandedOver secret) {
    secrets.add(secret);
    tally.count(
        secret.wasRecorded()
            ? "responses with a secret"
            : "responses with a secret not recorded yet");
  }

  /** A response that no client expects. */
  void surprise(String answer) {
    surprises.add(answer);
  }

  List<HandedOver> secrets() {
    return List.copyOf(secrets);
  }

  List<String> surprises() {
    return List.copyOf(surprises);
  }

  Tally tally() {
    return tally;
  }
}
