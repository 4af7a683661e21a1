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
 * The database is stopped and restarted repeatedly, with upstreams that work. {@code
 * -Drekey.chaos.seconds=} sets the duration.
 */
@Tag("chaos")
class DatabaseChaosIT {

  private static final int CLIENTS = 16;
  private static final int TARGETS_OF_EACH_UPSTREAM = 10;

  /** Long enough that mints are in progress when the database is stopped. */
  private static final String UPSTREAM_DELAY = Control.delayMs(300);

  @Test
  @Timeout(value = 20, unit = TimeUnit.MINUTES)
  void everySecretIsDeliveredOrRemovedAndEverythingIsRecorded() {
    try (var surroundings = Surroundings.start()) {
      var control = new Control(surroundings.sandbox());
      control.seed(Target.seed(TARGETS_OF_EACH_UPSTREAM));
      control.fault("conductorone", "rotate", "delay", UPSTREAM_DELAY);
      control.fault("keycard", "create", "delay", UPSTREAM_DELAY);
      var invariants =
          new Invariants(surroundings.postgres(), surroundings.sandbox(), Instant.now(), true);
      var results = new Results();
      var settings = new HashMap<>(surroundings.properties());
      settings.putAll(Chaos.FAST);
      try (var rekey = Replicas.start(1, surroundings, settings)) {
        load(rekey, surroundings.postgres(), results);
        Chaos.settle(invariants);
        results.counts().putAll(invariants.counts());
        System.out.println(results.counts().table("one replica, database on and off"));
        assertThat(results.unexpected()).isEmpty();
        invariants.assertAll(results.secrets());
        invariants.everySuccessWasDelivered(results.secrets());
      }
    }
  }

  private static void load(Replicas rekey, PostgresServer postgres, Results results) {
    Instant end = Instant.now().plusSeconds(Integer.getInteger("rekey.chaos.seconds", 120));
    try (var _ = BackgroundTask.repeat(() -> stopAndRestart(postgres, results.counts()))) {
      Chaos.run(
          CLIENTS,
          new Client(
              rekey::any,
              Target.some(TARGETS_OF_EACH_UPSTREAM),
              () -> Instant.now().isBefore(end),
              results));
    }
  }

  private static void stopAndRestart(PostgresServer postgres, Counts counts) {
    Pauses.between(Duration.ofSeconds(2), Duration.ofSeconds(10));
    postgres.stop();
    Pauses.between(Duration.ofSeconds(2), Duration.ofSeconds(10));
    postgres.restart();
    counts.count("database restarts");
  }
}
