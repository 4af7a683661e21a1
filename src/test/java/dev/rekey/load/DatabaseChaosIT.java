package dev.rekey.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.invariants.Invariants;
import dev.rekey.run.Control;
import dev.rekey.run.PostgresServer;
import dev.rekey.run.Surroundings;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Stops and restarts the database all the time, while the upstreams behave. {@code
 * -Drekey.chaos.seconds=} sets the duration.
 */
@Tag("chaos")
class DatabaseChaosIT {

  private static final int CLIENTS = 16;
  private static final int TARGETS_OF_EACH_UPSTREAM = 10;

  /** Long enough for many mints to be in flight when the database stops. */
  private static final String UPSTREAM_TAKES = "\"delayMs\":300";

  @Test
  @Timeout(value = 20, unit = TimeUnit.MINUTES)
  void everySecretReachesItsCallerOrIsTakenBackAndEverythingIsRecordedInTheEnd() {
    try (var surroundings = Surroundings.start()) {
      var control = new Control(surroundings.sandbox());
      control.seed(Target.seed(TARGETS_OF_EACH_UPSTREAM));
      control.fault("conductorone", "rotate", "delay", UPSTREAM_TAKES);
      control.fault("keycard", "create", "delay", UPSTREAM_TAKES);
      var invariants =
          new Invariants(surroundings.postgres(), surroundings.sandbox(), Instant.now(), true);
      var harvest = new Harvest();
      var settings = new HashMap<>(surroundings.properties());
      settings.putAll(Chaos.HASTE);
      try (var rekey = Replicas.start(1, surroundings, settings)) {
        load(rekey, surroundings.postgres(), harvest);
        Chaos.settle(invariants);
        harvest.tally().putAll(invariants.counts());
        System.out.println(harvest.tally().table("one replica, database on and off"));
        assertThat(harvest.surprises()).isEmpty();
        invariants.hold(harvest.secrets());
        invariants.everySuccessWasHandedOver(harvest.secrets());
      }
    }
  }

  private static void load(Replicas rekey, PostgresServer postgres, Harvest harvest) {
    Instant end = Instant.now().plusSeconds(Integer.getInteger("rekey.chaos.seconds", 120));
    try (var _ = Background.repeat(() -> goAwayAndComeBack(postgres, harvest.tally()))) {
      Chaos.run(
          CLIENTS,
          new Client(
              rekey::any,
              Target.some(TARGETS_OF_EACH_UPSTREAM),
              () -> Instant.now().isBefore(end),
              harvest));
    }
  }

  private static void goAwayAndComeBack(PostgresServer postgres, Tally tally) {
    Pauses.between(Duration.ofSeconds(2), Duration.ofSeconds(10));
    postgres.stop();
    Pauses.between(Duration.ofSeconds(2), Duration.ofSeconds(10));
    postgres.restart();
    tally.count("times the database was away");
  }
}
