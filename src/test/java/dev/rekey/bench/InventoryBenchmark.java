package dev.rekey.bench;

import dev.rekey.run.Http;
import dev.rekey.run.PostgresServer;
import dev.rekey.run.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The inventory at several sizes, on the running service with a real PostgreSQL of its own:
 *
 * <pre>mvn -Pbench -Dbench=Inventory spring-boot:test-run</pre>
 *
 * {@code REKEY_BENCH_CREDENTIALS} are the sizes, {@code 10000,1000000} unless set. Prints a table,
 * and leaves it in {@code target/bench}.
 */
final class InventoryBenchmark implements AutoCloseable {

  private static final Path DIRECTORY = Path.of("target", "bench");
  private static final String DEFAULT_SIZES = "10000,1000000";
  private static final String CREDENTIALS = "/api/v1/credentials?";
  private static final int TIMES = 200;

  /** What is granted to the team that sees no more than that. */
  private static final List<Long> SUBJECTS_OF_THE_TEAM = List.of(4L, 42L, 43L, 77L, 301L);

  private final Report report;
  private final long credentials;
  private final Surroundings surroundings = Surroundings.with(PostgresServer.startEmbedded(), 0);
  private final Service service;
  private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);

  private InventoryBenchmark(Report report, long credentials) {
    this.report = report;
    this.credentials = credentials;
    var settings = new LinkedHashMap<String, String>();
    // What is measured is searching; nobody's ends are to be told meanwhile.
    settings.put("rekey.expiry.check-every", "P1D");
    for (int i = 0; i < SUBJECTS_OF_THE_TEAM.size(); i++) {
      settings.put(
          "rekey.access.grants[1].subjects[" + (2 + i) + "]",
          FillInventory.subject(SUBJECTS_OF_THE_TEAM.get(i)));
    }
    this.service = new Service(surroundings, settings);
  }

  public static void main(String[] arguments) throws IOException {
    String sizes = System.getenv().getOrDefault("REKEY_BENCH_CREDENTIALS", DEFAULT_SIZES);
    long[] all = Arrays.stream(sizes.split(",", -1)).mapToLong(Long::parseLong).toArray();
    Files.createDirectories(DIRECTORY);
    var report = new Report("credentials");
    for (long credentials : all) {
      try (var benchmark = new InventoryBenchmark(report, credentials)) {
        benchmark.run();
      }
    }
    String table = report.table(all);
    Files.writeString(DIRECTORY.resolve("inventory.md"), table);
    System.out.println("\n" + table);
    System.exit(0);
  }

  private void run() {
    var fill = new FillInventory(surroundings.postgres(), now);
    double took = Service.seconds(() -> fill.run(credentials));
    report.rate("COPY of credentials, all indexes and the tally", credentials, credentials / took);
    service.superuser("vacuum (analyze)");
    sorts().forEach(sort -> pages("sort=" + sort, "sort=" + sort));
    filters()
        .forEach(
            (what, filter) -> {
              pages(what, filter);
              pages(what + ", sort=expiresAt", filter + "&sort=expiresAt");
            });
    Http team = service.as("search");
    report.add(
        "page 1: a team's seven subjects (p50 / p99)",
        credentials,
        Latencies.of(TIMES, _ -> Service.ok(team.get(CREDENTIALS + "sort=expiresAt"))));
    report.add(
        "summary: all subjects (p50 / p99)",
        credentials,
        Latencies.of(TIMES, _ -> service.get("/api/v1/summary")));
    report.add(
        "summary: a team's seven subjects (p50 / p99)",
        credentials,
        Latencies.of(TIMES, _ -> Service.ok(team.get("/api/v1/summary"))));
  }

  private void pages(String what, String query) {
    String path = CREDENTIALS + query;
    page("page 1: " + what, path);
    try {
      page("page 1,000: " + what, service.far(path));
    } catch (Service.Refused e) {
      report.add("page 1,000: " + what, credentials, e.getMessage());
    }
  }

  private void page(String what, String path) {
    try {
      report.add(what + " (p50 / p99)", credentials, Latencies.of(TIMES, _ -> service.get(path)));
    } catch (Service.Refused e) {
      report.add(what, credentials, e.getMessage());
    }
  }

  private static List<String> sorts() {
    return List.of(
        "-recordedAt",
        "recordedAt",
        "-createdAt",
        "createdAt",
        "-expiresAt",
        "expiresAt",
        "-lastUsedAt",
        "lastUsedAt",
        "-subject",
        "subject",
        "-displayName",
        "displayName");
  }

  private Map<String, String> filters() {
    var filters = new LinkedHashMap<String, String>();
    filters.put("upstream", "upstream=keycard");
    filters.put("status", "status=ACTIVE");
    filters.put("rare status", "status=MISSING");
    filters.put("two statuses", "status=ACTIVE,RETIRING");
    filters.put("subject", "subject=" + FillInventory.subject(42));
    filters.put("subject prefix", "subject=apps/app-4/*");
    filters.put("broad subject prefix", "subject=apps/*");
    filters.put("team of seven subjects", "team=search");
    filters.put("origin", "origin=DISCOVERED");
    filters.put("rare origin", "origin=ADOPTED");
    filters.put("expiresBefore, 7 days", "expiresBefore=" + now.plus(Duration.ofDays(7)));
    filters.put("notUsedSince, 90 days", "notUsedSince=" + now.minus(Duration.ofDays(90)));
    filters.put("notUsedSince, 2 years", "notUsedSince=" + now.minus(Duration.ofDays(730)));
    filters.put("q, common text", "q=client-");
    filters.put("q, in one of a hundred", "q=-77");
    filters.put("q, rare text", "q=" + FillInventory.RARE_WORD);
    filters.put("q, none", "q=nowhere-to-be-found");
    filters.put("upstream, status and q", "upstream=keycard&status=ACTIVE&q=pipeline");
    return filters;
  }

  @Override
  public void close() {
    service.close();
  }
}
