package dev.rekey.bench;

import dev.rekey.bench.Wrk.Kind;
import dev.rekey.bench.Wrk.Requests;
import dev.rekey.run.RekeyProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Migrates the schema of an older version while that version rotates 20 credentials a second, with
 * ten million events and a million credentials. Then both versions rotate on the new schema. At the
 * end it writes {@link SearchPlans}.
 *
 * <pre>REKEY_BENCH_BEFORE=older.jar \
 *   mvn -Pbench -Dbench=Migration -DskipTests package spring-boot:test-run</pre>
 *
 * {@code REKEY_BENCH_EVENTS} and {@code REKEY_BENCH_CREDENTIALS} set other sizes. Prints tables,
 * and writes them to {@code target/bench/migration.md}.
 */
final class MigrationBenchmark {

  private static final int PER_SECOND = 20;
  private static final Duration WINDOW = Duration.ofSeconds(5);
  private static final int WINDOWS = 4;
  private static final Requests ROTATIONS = new Requests(Kind.create, RotationLadders.PATH);

  // One rotation for each credential, as if Rekey had minted all of them.
  private static final String ROTATIONS_OF_CREDENTIALS =
      """
      insert into rotation (id, upstream, subject, target, state, actor_id, actor_client_id,
        actor_team, request_id, requested_at, closed_at, credential_id, delivered_at)
      select gen_random_uuid(), upstream, subject, subject || '#' || upstream_id, 'SUCCEEDED',
        'deployer-' || ascii(upstream_id), 'client', 'team', id::text, recorded_at, recorded_at, id,
        recorded_at
      from credential
      """;

  private final LadderStage stage;
  private final Path before;
  private final LargeDatabase database;
  private final StringBuilder report = new StringBuilder();

  private MigrationBenchmark(LadderStage stage, Path before, LargeDatabase database) {
    this.stage = stage;
    this.before = before;
    this.database = database;
  }

  public static void main(String[] arguments) throws IOException {
    Path before = Path.of(Objects.requireNonNull(System.getenv("REKEY_BENCH_BEFORE")));
    var stage = new LadderStage(StartBenchmark.jar());
    Runtime.getRuntime().addShutdownHook(new Thread(() -> LadderBenchmark.close(stage)));
    Instant end = Instant.now().truncatedTo(ChronoUnit.HOURS);
    var database = LargeDatabase.of(stage, System.getenv(), end);
    new MigrationBenchmark(stage, before, database).run();
    System.exit(0);
  }

  private void run() throws IOException {
    try (RekeyProcess old = stage.startRekey(before)) {
      database.fill(old, ROTATIONS_OF_CREDENTIALS);
      report.append(
          String.format(
              Locale.ROOT,
              "### Migration with %,d events, %,d credentials and as many rotations%n%n"
                  + "| | rotations | p50 / p99 in ms | errors |%n| --- | ---: | ---: | ---: |%n",
              database.events(),
              database.credentials()));
      rotate("version before, its schema", old);
      migrate(old);
      rotate("version before, new schema", old);
      try (RekeyProcess rekey = stage.startRekey()) {
        rotate("both at once: this version", rekey);
        rotate("both at once: version before", old);
      }
      migrations();
      save();
    }
    SearchPlans.record(stage.postgres());
    try (RekeyProcess rekey = stage.startRekey()) {
      report.append(new SearchPlans(stage, rekey, database.end()).write());
    }
    save();
    System.out.println(report);
  }

  private void save() throws IOException {
    Files.writeString(LadderStage.DIRECTORY.resolve("migration.md"), report);
  }

  private void rotate(String what, RekeyProcess rekey) {
    var loads = new ArrayList<Load>();
    for (int i = 0; i < WINDOWS; i++) {
      loads.add(window(rekey));
    }
    add(what, loads);
  }

  private Load window(RekeyProcess rekey) {
    URI server = LadderStage.url(rekey);
    return stage.wrk().atRate(server, ROTATIONS, PER_SECOND, WINDOW);
  }

  /** Rotates until the migration has ended. */
  private void migrate(RekeyProcess old) {
    var migration = new FutureTask<Void>(stage::migrate, null);
    var loads = new ArrayList<Load>();
    double seconds =
        Service.seconds(
            () -> {
              new Thread(migration).start();
              while (!migration.isDone()) {
                loads.add(window(old));
              }
            });
    try {
      migration.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    add("version before, %.0f s with the migration".formatted(seconds), loads);
  }

  private void add(String what, List<Load> loads) {
    String row =
        String.format(
            Locale.ROOT,
            "| %s | %,d | %.1f / %.1f | %d |%n",
            what,
            loads.stream().mapToLong(Load::requests).sum(),
            loads.stream().mapToDouble(Load::p50).max().orElseThrow(),
            loads.stream().mapToDouble(Load::p99).max().orElseThrow(),
            loads.stream().mapToLong(Load::errors).sum());
    System.out.print(row);
    report.append(row);
  }

  private void migrations() {
    report.append(
        "\nTimes are those of the slowest window.\n\n| migration | took |\n| --- | ---: |\n");
    try (Connection connection = stage.postgres().connectAsSuperuser();
        var rows =
            connection
                .createStatement()
                .executeQuery(
                    "select version, description, execution_time from flyway_schema_history"
                        + " where version is not null order by installed_rank")) {
      while (rows.next()) {
        report.append(
            String.format(
                Locale.ROOT,
                "| V%s %s | %d ms |%n",
                rows.getString(1),
                rows.getString(2),
                rows.getLong(3)));
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
