package dev.rekey.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.run.Control;
import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import dev.rekey.run.RekeyProcess;
import dev.rekey.run.SecretMount;
import dev.rekey.run.Surroundings;
import dev.rekey.run.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rekey's own secrets for both upstreams and its database password are replaced in their files
 * while clients rotate.
 */
@Tag("chaos")
class OwnSecretsIT {

  private static final int CLIENTS = 32;
  private static final Duration IN_USE_WITHIN = Duration.ofSeconds(30);
  private static final Duration OVERLAP = Duration.ofSeconds(20);
  private static final String CONDUCTORONE = "rekey.upstreams.conductorone.client-secret";
  private static final String KEYCARD = "rekey.upstreams.keycard.client-secret";
  private static final String DATABASE = "spring.datasource.password";

  @TempDir private Path directory;

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void noRequestFailsWhileTheyAreReplaced() throws Exception {
    try (var surroundings = Surroundings.start()) {
      surroundings.postgres().demandPasswords();
      var control = new Control(surroundings.sandbox());
      control.seed(Target.seed(CLIENTS / 2));
      var properties = new HashMap<>(surroundings.properties());
      var mount = new SecretMount(Files.createDirectory(directory.resolve("secrets")));
      mount.put(
          Map.of(
              CONDUCTORONE, taken(properties, CONDUCTORONE),
              KEYCARD, taken(properties, KEYCARD),
              DATABASE, taken(properties, DATABASE)));
      properties.put("spring.config.import", "configtree:" + mount.directory() + "/");
      // New connections are opened while the test runs.
      properties.put("spring.datasource.hikari.max-lifetime", "30000");
      Path log = directory.resolve("rekey.log");
      var failures = new ConcurrentLinkedQueue<String>();
      var answers = new AtomicInteger();
      var over = new AtomicBoolean();
      try (var rekey = RekeyProcess.start(properties, log, Duration.ofMinutes(3));
          var threads = Executors.newVirtualThreadPerTaskExecutor();
          AutoCloseable _ = () -> over.set(true)) {
        Http admin = rekey.http().bearer(Tokens.of(surroundings.sandbox(), "admin"));
        for (Target target : Target.some(CLIENTS / 2)) {
          threads.execute(() -> rotate(admin, target, over, answers, failures));
        }
        awaitAnswers(answers, CLIENTS);
        long tokensBefore = control.calls("token");

        replace(surroundings, control, mount);
        long replaced = System.nanoTime();
        await()
            .atMost(IN_USE_WITHIN)
            .until(() -> control.calls("token") >= tokensBefore + 2 && changes(log) == 3);
        Duration inUse = Duration.ofNanos(System.nanoTime() - replaced);
        // From here on, everything that the old secrets obtained is invalid.
        Thread.sleep(OVERLAP);
        control.revokeTokens();
        awaitAnswers(answers, 10 * CLIENTS);

        System.out.println(
            "In use after %d ms; %d answers, of which failed: %d"
                .formatted(inUse.toMillis(), answers.get(), failures.size()));
        assertThat(failures).isEmpty();
        assertThat(Files.readString(log))
            .doesNotContain("rekey-keycard-secret", "for-another-sandbox", "secret-token:");
      }
    }
  }

  /** Waits for this many more responses. */
  private static void awaitAnswers(AtomicInteger answers, int more) {
    int enough = answers.get() + more;
    await().atMost(Duration.ofMinutes(2)).until(() -> answers.get() >= enough);
  }

  private static String taken(Map<String, String> properties, String name) {
    return String.valueOf(properties.remove(name));
  }

  private static void replace(Surroundings surroundings, Control control, SecretMount mount)
      throws Exception {
    try (var connection = surroundings.postgres().connectAsSuperuser();
        var statement = connection.createStatement()) {
      Map<String, String> next =
          Map.of(
              CONDUCTORONE, control.replaceOwnSecret("conductorone", OVERLAP),
              KEYCARD, control.replaceOwnSecret("keycard", OVERLAP),
              DATABASE, "for-another-sandbox");
      statement.execute("alter role rekey_service password 'for-another-sandbox'");
      mount.put(next);
    }
  }

  private static long changes(Path log) throws IOException {
    return Files.readString(log)
        .lines()
        .filter(line -> line.contains("changed in its files, and its new value is in use"))
        .count();
  }

  private static void rotate(
      Http rekey,
      Target target,
      AtomicBoolean over,
      AtomicInteger answers,
      Queue<String> failures) {
    while (!over.get()) {
      Answer answer = rekey.post(target.path(), target.body());
      answers.incrementAndGet();
      if (answer.status() >= 300) {
        failures.add(answer.status() + " " + answer.raw().body());
      }
      Pauses.between(Duration.ofMillis(500), Duration.ofMillis(1500));
    }
  }
}
