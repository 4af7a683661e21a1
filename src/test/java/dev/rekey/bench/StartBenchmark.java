package dev.rekey.bench;

import dev.rekey.image.BuiltImage;
import dev.rekey.platform.Pause;
import dev.rekey.run.Control;
import dev.rekey.run.Http;
import dev.rekey.run.PostgresServer;
import dev.rekey.run.RekeyProcess;
import dev.rekey.run.Surroundings;
import dev.rekey.run.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Measures the time to readiness, and the memory when ready and under load, in production form:
 * environment variables only, a real PostgreSQL, the Dockerfile's commands and JVM options.
 *
 * <pre>mvn -Pbench -Dbench=Start -DskipTests package spring-boot:test-run</pre>
 *
 * Prints a table and writes it to {@code target/bench}.
 */
final class StartBenchmark implements AutoCloseable {

  private static final Path DIRECTORY = Path.of("target", "bench");
  private static final int STARTS = 3;
  private static final int CLIENTS = 32;
  private static final Duration REST = Duration.ofSeconds(15);
  private static final Duration LOAD = Duration.ofSeconds(30);

  /** Limits the JVM to the chart's container resources. */
  static final String MEMORY = "-XX:MaxRAM=768m";

  private final Surroundings surroundings = Surroundings.with(PostgresServer.startEmbedded(), 0);
  private final Path output = DIRECTORY.resolve("start.log");
  private final List<Row> rows = new ArrayList<>();

  /** One way to start Rekey: the sorted start times in seconds, and the memory in bytes. */
  private record Row(
      String how,
      List<Double> ready,
      List<Double> cpu,
      long idle,
      long loaded,
      double rotationsPerSecond) {

    static double median(List<Double> sorted) {
      return sorted.get(sorted.size() / 2);
    }
  }

  public static void main(String[] arguments) throws IOException {
    Files.createDirectories(DIRECTORY);
    Path jar = jar();
    Path directory = Files.createTempDirectory("rekey-image");
    try (var benchmark = new StartBenchmark()) {
      BuiltImage image = BuiltImage.of(jar, directory);
      benchmark.measure("jar as it is", jar, List.of());
      benchmark.measure("image without its cache", image.jar(), image.jvmArgumentsWithoutCache());
      benchmark.measure("image", image.jar(), image.jvmArguments());
      String table = benchmark.table();
      Files.writeString(DIRECTORY.resolve("start.md"), table);
      System.out.printf("%n%s%nThe cache has %,d bytes.%n", table, image.cacheBytes());
    }
    System.exit(0);
  }

  /** The jar that Maven has built. */
  static Path jar() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("target"))) {
      return files
          .filter(file -> file.getFileName().toString().matches("rekey-.*(?<!-tests)\\.jar"))
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("there is no jar: add 'package'"));
    }
  }

  private void measure(String how, Path jar, List<String> jvmArguments) throws IOException {
    var all = new ArrayList<>(jvmArguments);
    all.add(MEMORY);
    var ready = new ArrayList<Double>();
    var cpu = new ArrayList<Double>();
    start(jar, all).close(); // Migrates the first time, and warms the machine's caches.
    for (int i = 0; i < STARTS; i++) {
      long begin = System.nanoTime();
      try (var rekey = start(jar, all)) {
        ready.add((System.nanoTime() - begin) / 1e9);
        cpu.add(rekey.cpuTime().toMillis() / 1e3);
        System.out.printf("%-24s ready after %.2f s%n", how, ready.getLast());
      }
    }
    Collections.sort(ready);
    Collections.sort(cpu);
    try (var rekey = start(jar, all)) {
      Pause.sleep(REST);
      long idle = CpuTime.resident(rekey.pid());
      double rotations = load(rekey);
      rows.add(new Row(how, ready, cpu, idle, CpuTime.resident(rekey.pid()), rotations));
    }
  }

  private RekeyProcess start(Path jar, List<String> jvmArguments) {
    var settings = new LinkedHashMap<>(surroundings.properties());
    settings.put("logging.level.root", "WARN");
    return RekeyProcess.start(jar, settings, output, jvmArguments);
  }

  /** Each client rotates its own connector, and searches the history between two rotations. */
  private double load(RekeyProcess rekey) {
    new Control(surroundings.sandbox()).seed("{\"connectors\":%d}".formatted(CLIENTS));
    Http admin = rekey.http().bearer(Tokens.of(surroundings.sandbox(), "admin"));
    Http auditor = rekey.http().bearer(Tokens.of(surroundings.sandbox(), "auditor"));
    var rotations = new AtomicInteger();
    long end = System.nanoTime() + LOAD.toNanos();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      IntStream.rangeClosed(1, CLIENTS)
          .forEach(
              i ->
                  threads.execute(
                      () -> {
                        while (System.nanoTime() < end) {
                          Service.ok(
                              admin.post(
                                  "/api/v1/apps/connectors/credentials",
                                  "{\"appId\":\"crm\",\"connectorId\":\"connector-%04d\"}"
                                      .formatted(i)));
                          rotations.incrementAndGet();
                          Service.ok(auditor.get("/api/v1/audit-events"));
                        }
                      }));
    }
    return rotations.get() / (double) LOAD.toSeconds();
  }

  private String table() {
    var table =
        new StringBuilder(
            """
            | how it starts | ready after (of %d: median, fastest to slowest) | ratio | CPU until \
            then | resident after %d s idle | … after %d s of %d clients | rotations |
            | --- | ---: | ---: | ---: | ---: | ---: | ---: |
            """
                .formatted(STARTS, REST.toSeconds(), LOAD.toSeconds(), CLIENTS));
    for (Row row : rows) {
      table.append(
          String.format(
              Locale.ROOT,
              "| %s | %.1f s (%.1f to %.1f) | %.2f x | %.1f s | %d MiB | %d MiB | %.0f /s |%n",
              row.how(),
              Row.median(row.ready()),
              row.ready().getFirst(),
              row.ready().getLast(),
              Row.median(row.ready()) / Row.median(rows.getFirst().ready()),
              Row.median(row.cpu()),
              row.idle() >> 20,
              row.loaded() >> 20,
              row.rotationsPerSecond()));
    }
    return table.toString();
  }

  @Override
  public void close() {
    surroundings.close();
  }
}
