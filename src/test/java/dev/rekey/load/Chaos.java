package dev.rekey.load;

import static org.awaitility.Awaitility.await;

import dev.rekey.invariants.Invariants;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;

/** The common part of the long tests. */
public final class Chaos {

  /** Settings that turn minutes into seconds and need few resources. */
  public static final Map<String, String> FAST =
      Map.ofEntries(
          Map.entry("rekey.rotation.call-within", "5s"),
          Map.entry("rekey.rotation.lease-margin", "3s"),
          Map.entry("rekey.rotation.consistency-window", "5s"),
          Map.entry("rekey.rotation.reconcile-every", "500ms"),
          Map.entry("rekey.upstreams.conductorone.http.mint-timeout", "2s"),
          Map.entry("rekey.upstreams.conductorone.http.token-timeout", "1s"),
          Map.entry("rekey.upstreams.conductorone.http.read-timeout", "4s"),
          Map.entry("rekey.upstreams.keycard.http.mint-timeout", "2s"),
          Map.entry("rekey.upstreams.keycard.http.token-timeout", "1s"),
          Map.entry("rekey.upstreams.keycard.http.read-timeout", "4s"),
          Map.entry("java.tool.options", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx256m"));

  private Chaos() {}

  /** Runs a client this many times concurrently. Throws what one of them has thrown. */
  public static void run(int count, Client client) {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<Void>> clients = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        clients.add(CompletableFuture.runAsync(client, threads));
      }
      CompletableFuture.allOf(clients.toArray(CompletableFuture<?>[]::new)).join();
    }
  }

  /**
   * Waits until everything is reconciled, and stays so for as long as a mint may take effect late.
   * After a replica was killed, its claims expire after 90 s.
   */
  public static void settle(Invariants invariants) {
    await()
        .during(Duration.ofSeconds(6))
        .atMost(Duration.ofMinutes(5))
        .pollInterval(Duration.ofMillis(500))
        .until(invariants::isSettled);
  }
}
