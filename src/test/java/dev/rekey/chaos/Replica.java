package dev.rekey.chaos;

import dev.rekey.run.Http;
import dev.rekey.run.RekeyProcess;
import dev.rekey.run.Surroundings;
import dev.rekey.run.Tokens;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A Rekey process that can be held at any place in its code. */
final class Replica {

  /** Settings with which a rotation is settled soon after a kill. */
  static final Map<String, String> SOON_SETTLED =
      Map.of(
          "rekey.rotation.call-within", "8s",
          "rekey.rotation.lease-margin", "1s",
          "rekey.rotation.consistency-window", "2s",
          "rekey.rotation.reconcile-every", "500ms",
          "rekey.rotation.retire-every", "500ms");

  private final RekeyProcess process;
  private final Path directory;
  private final Surroundings surroundings;

  private Replica(RekeyProcess process, Path directory, Surroundings surroundings) {
    this.process = process;
    this.directory = directory;
    this.surroundings = surroundings;
  }

  /**
   * Starts a process. Returns when it is ready.
   *
   * @param directory for its log and its gates
   */
  static Replica start(Surroundings surroundings, Map<String, String> settings, Path directory) {
    var properties = new HashMap<>(surroundings.properties());
    if (settings.containsKey("rekey.upstreams.conductorone.rotation")) {
      // No policy may rotate connectors that keep their old credentials.
      properties.keySet().removeIf(name -> name.startsWith("rekey.policies["));
    }
    properties.putAll(settings);
    // It runs for seconds only, and starts sooner without the optimising compiler.
    var jvm = List.of("-XX:TieredStopAtLevel=1", "-XX:+EnableDynamicAgentLoading");
    var process = RekeyProcess.start(properties, directory.resolve("rekey.log"), jvm);
    return new Replica(process, directory, surroundings);
  }

  /** A client with the token of one of the sandbox's clients. */
  Http as(String client, String requestId) {
    return process
        .http()
        .with("X-Request-Id", requestId)
        .bearer(Tokens.of(surroundings.sandbox(), client));
  }

  /** Holds the first thread that reaches the place from now on. */
  Gate gateAt(Place place) {
    return Gate.at(place, process.pid(), directory);
  }

  /** Sends SIGSTOP. */
  void pause() {
    process.pause();
  }

  /** Sends SIGCONT. */
  void proceed() {
    process.proceed();
  }

  /** Sends SIGKILL. Does nothing if the process is dead. */
  void kill() {
    process.kill();
  }
}
