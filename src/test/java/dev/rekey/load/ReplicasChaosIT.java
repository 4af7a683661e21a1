package dev.rekey.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.invariants.Invariants;
import dev.rekey.run.Control;
import dev.rekey.run.Surroundings;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Several replicas, one of which is killed every 30 s, with upstreams that fail in all ways and
 * many clients. {@code -Drekey.chaos.rotations=} sets the number of secrets that the clients
 * request from a replacing upstream; from an additive one, they request a quarter of it.
 */
@Tag("chaos")
class ReplicasChaosIT {

  private static final int CLIENTS = 64;
  private static final int TARGETS_OF_EACH_UPSTREAM = 10;

  @ParameterizedTest
  @CsvSource({"2, replacing", "4, replacing", "2, additive"})
  @Timeout(value = 20, unit = TimeUnit.MINUTES)
  void nothingIsMintedTwiceAndEveryMintIsRecorded(int replicaCount, String mode) {
    try (var surroundings = Surroundings.start()) {
      var control = new Control(surroundings.sandbox());
      control.seed(Target.seed(TARGETS_OF_EACH_UPSTREAM));
      control.mode(mode);
      var invariants =
          new Invariants(
              surroundings.postgres(),
              surroundings.sandbox(),
              Instant.now(),
              mode.equals("replacing"));
      var results = new Results();
      try (var replicas =
          Replicas.start(replicaCount, surroundings, settings(surroundings, mode))) {
        long begin = System.nanoTime();
        load(replicas, control, rotations(mode), results);
        Chaos.settle(invariants);
        results.counts().put("seconds", Duration.ofNanos(System.nanoTime() - begin).toSeconds());
        results.counts().putAll(invariants.counts());
        System.out.println(results.counts().table(replicaCount + " replicas, " + mode));
        assertThat(results.unexpected()).isEmpty();
        invariants.assertAll(results.secrets());
      }
    }
  }

  // After each rotation at an additive upstream, Rekey reads up to fifty older credentials.
  private static int rotations(String mode) {
    int rotations = Integer.getInteger("rekey.chaos.rotations", 2000);
    return mode.equals("additive") ? rotations / 4 : rotations;
  }

  private static void load(Replicas replicas, Control control, int rotations, Results results) {
    var left = new AtomicInteger(rotations);
    var faults = new FaultInjector(control, results.counts());
    var killer = new Killer(replicas, results.counts());
    try (var _ = BackgroundTask.repeat(faults::injectNext);
        var _ = BackgroundTask.repeat(killer::killOne)) {
      Chaos.run(
          CLIENTS,
          new Client(
              replicas::any,
              Target.some(TARGETS_OF_EACH_UPSTREAM),
              () -> left.getAndDecrement() > 0,
              results));
    }
    control.clearFaults();
  }

  private static Map<String, String> settings(Surroundings surroundings, String mode) {
    var settings = new HashMap<>(surroundings.properties());
    settings.putAll(Chaos.FAST);
    settings.put("rekey.upstreams.conductorone.rotation", mode.toUpperCase(Locale.ROOT));
    return settings;
  }
}
