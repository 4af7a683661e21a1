package dev.rekey.bench;

import dev.rekey.run.RekeyProcess;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * Ten dashboards poll for five minutes, with and without ETags and compression, at ten million
 * events and a million credentials, while a credential is created every ten seconds.
 *
 * <pre>mvn -Pbench -Dbench=Polls -DskipTests package spring-boot:test-run</pre>
 *
 * {@code REKEY_BENCH_EVENTS}, {@code REKEY_BENCH_CREDENTIALS} and {@code REKEY_BENCH_SECONDS} set
 * other sizes. Prints a table, and writes it to {@code target/bench/polls.md}.
 */
final class PollsBenchmark {

  private static final int DASHBOARDS = 10;
  private static final Duration CHANGE_EVERY = Duration.ofSeconds(10);
  private static final Duration WARM_UP = Duration.ofSeconds(60);

  private final LadderStage stage;
  private final Duration time;
  private final Instant end = Instant.now().truncatedTo(ChronoUnit.HOURS);
  private final HttpClient client = HttpClient.newHttpClient();

  private PollsBenchmark(LadderStage stage, Duration time) {
    this.stage = stage;
    this.time = time;
  }

  public static void main(String[] arguments) throws Exception {
    var stage = new LadderStage(StartBenchmark.jar());
    Runtime.getRuntime().addShutdownHook(new Thread(() -> LadderBenchmark.close(stage)));
    var seconds = System.getenv().getOrDefault("REKEY_BENCH_SECONDS", "300");
    new PollsBenchmark(stage, Duration.ofSeconds(Long.parseLong(seconds))).run();
    System.exit(0);
  }

  private void run() throws Exception {
    try (RekeyProcess rekey = stage.startRekey()) {
      LargeDatabase.of(stage, System.getenv(), end).fill(rekey, "select 1");
      poll(rekey, new Dashboard.Form(true, true), WARM_UP);
      poll(rekey, new Dashboard.Form(false, false), WARM_UP);
      var table =
          new StringBuilder(
              "| ETag | gzip | requests | 304 | KiB received | Java, ms of CPU a request |"
                  + " PostgreSQL, ms of CPU a request | p50 / p99 in ms |\n"
                  + "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n");
      for (boolean tags : List.of(false, true)) {
        for (boolean gzip : List.of(false, true)) {
          String row = poll(rekey, new Dashboard.Form(tags, gzip), time);
          System.out.print(row);
          table.append(row);
        }
      }
      Files.writeString(LadderStage.DIRECTORY.resolve("polls.md"), table);
    }
  }

  /** Returns a row of the table. */
  private String poll(RekeyProcess rekey, Dashboard.Form form, Duration during) throws Exception {
    double java = CpuTime.ofTree(rekey.pid());
    double postgres = CpuTime.ofTree(stage.meters().postgres());
    Instant until = Instant.now().plus(during);
    List<Dashboard> dashboards =
        IntStream.range(0, DASHBOARDS)
            .mapToObj(
                _ -> new Dashboard(client, LadderStage.url(rekey), stage.callers().token(), form))
            .toList();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var all = new ArrayList<Future<?>>();
      all.add(threads.submit(() -> change(rekey, until)));
      for (int i = 0; i < DASHBOARDS; i++) {
        Dashboard dashboard = dashboards.get(i);
        Duration offset = Dashboard.EVERY.multipliedBy(i).dividedBy(DASHBOARDS);
        all.add(threads.submit(() -> dashboard.pollUntil(until, offset)));
      }
      for (Future<?> each : all) {
        each.get();
      }
    }
    return row(
        form,
        Dashboard.Polls.sum(dashboards.stream().map(Dashboard::polls).toList()),
        CpuTime.ofTree(rekey.pid()) - java,
        CpuTime.ofTree(stage.meters().postgres()) - postgres);
  }

  private static String row(
      Dashboard.Form form, Dashboard.Polls polls, double java, double postgres) {
    int requests = polls.nanos().size();
    return String.format(
        Locale.ROOT,
        "| %s | %s | %,d | %,d | %,d | %.2f | %.2f | %.1f / %.1f |%n",
        form.tags() ? "yes" : "no",
        form.gzip() ? "yes" : "no",
        requests,
        polls.notModified(),
        polls.bytes() / 1024,
        java * 1e3 / requests,
        postgres * 1e3 / requests,
        polls.millis(0.5),
        polls.millis(0.99));
  }

  private Void change(RekeyProcess rekey, Instant until) throws IOException, InterruptedException {
    while (Instant.now().plus(CHANGE_EVERY).isBefore(until)) {
      Thread.sleep(CHANGE_EVERY);
      Dashboard.create(client, LadderStage.url(rekey), stage.callers().token());
    }
    return null;
  }
}
