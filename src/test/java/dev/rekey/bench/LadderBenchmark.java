package dev.rekey.bench;

import dev.rekey.platform.Pause;
import dev.rekey.run.RekeyProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/**
 * Compares Rekey with the programs that do parts of the same work, in one run: pages, proxied
 * reads, rotations, and the first seconds after a start. Rekey runs as in its image, with a
 * PostgreSQL that waits for the disk, and nginx in place of the upstream. The load comes from
 * {@code wrk} and {@code pgbench}.
 *
 * <pre>mvn -Pbench -Dbench=Ladder -DskipTests package spring-boot:test-run</pre>
 *
 * {@link LadderSettings} reads the settings. Prints tables, and writes them to {@code
 * target/bench/ladder.md}.
 */
final class LadderBenchmark {

  private static final long EVENTS = 42_000;
  private static final long CREDENTIALS = 20_000;

  // A summary takes ten times as long until a job has added these rows up.
  private static final String UNCOUNTED =
      "select coalesce(sum(n_live_tup), 0) > 0 from pg_stat_user_tables"
          + " where relname = 'credential_tally_change'";

  private final LadderSettings settings;
  private final LadderStage stage;
  private final Memory memory = new Memory();
  private final StringBuilder report = new StringBuilder();

  private LadderBenchmark(LadderSettings settings, LadderStage stage) {
    this.settings = settings;
    this.stage = stage;
  }

  public static void main(String[] arguments) throws IOException {
    var settings = LadderSettings.of(System.getenv());
    var stage = new LadderStage(StartBenchmark.jar());
    // An interrupted benchmark stops its programs too.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(stage)));
    new LadderBenchmark(settings, stage).run();
    System.exit(0);
  }

  static void close(LadderStage stage) {
    ProcessHandle.current().descendants().forEach(ProcessHandle::destroy);
    stage.close();
  }

  private void run() throws IOException {
    fill();
    report.append(new LadderMachine(stage).describe(settings, EVENTS, CREDENTIALS));
    for (String ladder : settings.ladders()) {
      report.append(
          switch (ladder) {
            case "read" -> new ReadLadder(stage, settings, memory).measure();
            case "rotation" -> new RotationLadders(stage, settings, memory).measure();
            case "start" -> new StartLadder(stage, settings).measure();
            default -> new PageLadder(stage, settings, memory).measure(ladder);
          });
      // Written after each ladder, so that an interrupted run has a result too.
      Files.writeString(LadderStage.DIRECTORY.resolve("ladder.md"), report + memory.toString());
    }
    System.out.println(report + memory.toString());
  }

  private void fill() {
    Instant end = Instant.now().truncatedTo(ChronoUnit.HOURS);
    try (RekeyProcess rekey = stage.startRekey(Map.of("rekey.expiry.check-every", "1s"))) {
      stage.postgres().execute("select audit_ensure_partitions(4, 3)");
      new Fill(stage.postgres()).run(EVENTS, end);
      new FillInventory(stage.postgres(), end).run(CREDENTIALS);
      stage.awaitSealed(rekey, EVENTS, Duration.ofMinutes(5));
      await(() -> rekey.isAlive() && stage.text(UNCOUNTED).equals("f"));
      awaitNotices();
    }
    stage.postgres().execute("vacuum (analyze)");
    System.out.printf(Locale.ROOT, "%,d events and %,d credentials%n", EVENTS, CREDENTIALS);
  }

  /** Rekey records which of the new credentials expire soon. */
  private void awaitNotices() {
    String before;
    String now = "";
    do {
      before = now;
      Pause.sleep(Duration.ofSeconds(10));
      now = stage.text("select count(*) from audit_event");
    } while (!now.equals(before));
  }

  private static void await(Callable<Boolean> condition) {
    Awaitility.await()
        .atMost(Duration.ofMinutes(5))
        .pollInterval(Duration.ofMillis(500))
        .until(condition);
  }
}
