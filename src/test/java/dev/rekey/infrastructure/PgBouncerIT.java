package dev.rekey.infrastructure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.rekey.platform.Pause;
import dev.rekey.run.FailedStart;
import dev.rekey.run.RekeyProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rekey's connections go through PgBouncer. */
@Tag("infrastructure")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class PgBouncerIT {

  private static final String WITHOUT_PREPARED_STATEMENTS = "?prepareThreshold=0";

  @Test
  void transactionPoolingWithoutPreparedStatementsIsRefusedAtTheStart() {
    try (var trial = Trial.named("pgbouncer-refused");
        var pgbouncer = pgbouncer(trial)) {
      var failed =
          FailedStart.with(trial.properties(Map.of("spring.datasource.url", url(pgbouncer, ""))));

      assertThat(failed.exit()).isEqualTo(1);
      assertThat(failed.said())
          .singleElement()
          .asString()
          .contains("Rekey does not start: SPRING_DATASOURCE_URL", "prepareThreshold=0");
    }
  }

  @Test
  void transactionPoolingIsSoundIfTheDriverPreparesNothing() {
    assertSoundThrough(WITHOUT_PREPARED_STATEMENTS);
  }

  @Test
  void transactionPoolingIsSoundIfPgBouncerKeepsPreparedStatements() throws Exception {
    assumeThat(version()).as("PgBouncer's version in thousandths").isGreaterThanOrEqualTo(1021);

    assertSoundThrough("", "max_prepared_statements=200");
  }

  @Test
  void sessionPoolingIsSound() {
    assertSoundThrough("", "pool_mode=session", "default_pool_size=30");
  }

  /** Puts Rekey under load, kills PgBouncer meanwhile, and asserts that nothing is lost. */
  private static void assertSoundThrough(String parameters, Object... settings) {
    try (var trial = Trial.named("pgbouncer");
        var pgbouncer = pgbouncer(trial, settings)) {
      RekeyProcess rekey = trial.rekey(Map.of("spring.datasource.url", url(pgbouncer, parameters)));
      try (var _ = trial.load(rekey.http())) {
        Pause.sleep(Duration.ofSeconds(8));
        pgbouncer.kill();
        Pause.sleep(Duration.ofSeconds(2));
        pgbouncer.restart();
        trial.assertRecovers(rekey, Duration.ofSeconds(10));
        Pause.sleep(Duration.ofSeconds(8));
      }
      trial.assertSound();
    }
  }

  private static Program pgbouncer(Trial trial, Object... settings) {
    Object[] arguments = new Object[settings.length + 1];
    arguments[0] = trial.surroundings().postgres().port();
    System.arraycopy(settings, 0, arguments, 1, settings.length);
    return Program.start("pgbouncer", arguments);
  }

  private static String url(Program pgbouncer, String parameters) {
    return "jdbc:postgresql://localhost:" + pgbouncer.port() + "/rekey" + parameters;
  }

  /** 1021 for 1.21. */
  private static int version() throws IOException {
    Process process = new ProcessBuilder("pgbouncer", "--version").start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    var version = Pattern.compile("PgBouncer (\\d+)\\.(\\d+)").matcher(said);
    assertThat(version.find()).as(said).isTrue();
    return Integer.parseInt(version.group(1)) * 1000 + Integer.parseInt(version.group(2));
  }
}
