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
 * Several replicas, one of which is killed every 30 s, upstreams with all faults, and many clients.
 * {@code -Drekey.chaos.rotations=} sets the number of rotations for each number of replicas; a
 * quarter as many run with an upstream that keeps old credentials.
 */
@Tag("chaos")
class ReplicasChaosIT {

  private static final int CLIENTS = 64;
  private static final int TARGETS_OF_EACH_UPSTREAM = 10;

  @ParameterizedTest
  @CsvSource({"2, replacing", "4, replacing", "2, additive"})
  @Timeout(value = 20, unit = TimeUnit.MINUTES)
  void nothingIsMintedTwiceAndNothingIsLostFromSight(int replicaCount, String mode) {
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
      var harvest = new Harvest();
      try (var replicas =
          Replicas.start(replicaCount, surroundings, settings(surroundings, mode))) {
        long begin = System.nanoTime();
        load(replicas, control, wishes(mode), harvest);
        Chaos.settle(invariants);
        harvest.tally().put("seconds", Duration.ofNanos(System.nanoTime() - begin).toSeconds());
        harvest.tally().putAll(invariants.counts());
        System.out.println(harvest.tally().table(replicaCount + " replicas, " + mode));
        assertThat(harvest.surprises()).isEmpty();
        invariants.hold(harvest.secrets());
      }
    }
  }

  // After each rotation that keeps old credentials, Rekey reads up to fifty of them again.
  private static int wishes(String mode) {
    int wishes = Integer.getInteger("rekey.chaos.rotations", 2000);
    return mode.equals("additive") ? wishes / 4 : wishes;
  }

  private static void load(Replicas replicas, Control control, int wishes, Harvest harvest) {
    var left = new AtomicInteger(wishes);
    var storm = new Storm(control, harvest.tally());
    var killer = new Killer(replicas, harvest.tally());
    try (var _ = Background.repeat(storm::blow);
        var _ = Background.repeat(killer::killOne)) {
      Chaos.run(
          CLIENTS,
          new Client(
              replicas::any,
              Target.some(TARGETS_OF_EACH_UPSTREAM),
              () -> left.getAndDecrement() > 0,
              harvest));
    }
    control.clearFaults();
  }

  private static Map<String, String> settings(Surroundings surroundings, String mode) {
    var settings = new HashMap<>(surroundings.properties());
    settings.putAll(Chaos.HASTE);
    settings.put("rekey.upstreams.conductorone.rotation", mode.toUpperCase(Locale.ROOT));
    return settings;
  }
}
