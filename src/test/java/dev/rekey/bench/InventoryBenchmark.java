package dev.rekey.bench;

import dev.rekey.run.PostgresServer;
import dev.rekey.run.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * Measures the inventory at several sizes, each on a running service with its own PostgreSQL. The
 * services are queried in turns:
 *
 * <pre>mvn -Pbench -Dbench=Inventory spring-boot:test-run</pre>
 *
 * {@code REKEY_BENCH_CREDENTIALS} sets the sizes, by default {@code 10000,1000000}. Prints a table
 * and writes it to {@code target/bench}.
 */
final class InventoryBenchmark implements AutoCloseable {

  private static final Path DIRECTORY = Path.of("target", "bench");
  private static final String DEFAULT_SIZES = "10000,1000000";
  private static final String CREDENTIALS = "/api/v1/credentials?";
  private static final int TIMES = 400;

  /** The grants of a team that sees only its own subjects. */
  private static final List<Long> SUBJECTS_OF_THE_TEAM = List.of(4L, 42L, 43L, 77L, 301L);

  private static final int SUBJECTS_WITH_POLICY = 200;

  private final Report report = new Report("credentials");
  private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
  private final List<Filled> all = new ArrayList<>();

  /** A Rekey with so many credentials. */
  private record Filled(long credentials, Service service) {}

  public static void main(String[] arguments) throws IOException {
    String sizes = System.getenv().getOrDefault("REKEY_BENCH_CREDENTIALS", DEFAULT_SIZES);
    long[] numbers = Arrays.stream(sizes.split(",", -1)).mapToLong(Long::parseLong).toArray();
    Files.createDirectories(DIRECTORY);
    try (var benchmark = new InventoryBenchmark()) {
      Arrays.stream(numbers).forEach(benchmark::fill);
      benchmark.run();
      String table = benchmark.report.table(numbers);
      Files.writeString(DIRECTORY.resolve("inventory.md"), table);
      System.out.println("\n" + table);
    }
    System.exit(0);
  }

  private void fill(long credentials) {
    var settings = new LinkedHashMap<String, String>();
    // This measures searches only, so expiry notices are off.
    settings.put("rekey.expiry.check-every", "P1D");
    for (int i = 0; i < SUBJECTS_OF_THE_TEAM.size(); i++) {
      settings.put(
          "rekey.access.grants[1].subjects[" + (2 + i) + "]",
          FillInventory.subject(SUBJECTS_OF_THE_TEAM.get(i)));
    }
    settings.put("rekey.access.grants[0].subjects[2]", "apps/*/connectors/*");
    settings.put("rekey.access.grants[0].subjects[3]", "organizations/*/service-accounts/*");
    settings.putAll(policy());
    var surroundings = Surroundings.with(PostgresServer.startEmbedded(), 0);
    var service = new Service(surroundings, settings);
    all.add(new Filled(credentials, service));
    var fill = new FillInventory(surroundings.postgres(), now);
    double took = Service.seconds(() -> fill.run(credentials));
    report.rate("COPY of credentials, all indexes and the tally", credentials, credentials / took);
    service.superuser("vacuum (analyze)");
  }

  /** Has a policy rotate some connectors, but not during the measurement. */
  private static Map<String, String> policy() {
    var settings = new LinkedHashMap<String, String>();
    settings.put("rekey.policies[0].ramp", "P30D");
    for (int i = 1; i <= SUBJECTS_WITH_POLICY; i++) {
      // After the three targets and the one subject that the surroundings have.
      String target = "rekey.delivery.targets[" + (2 + i) + "].";
      settings.put(target + "name", "t" + i);
      settings.put(target + "subject", FillInventory.subject(2L * i));
      settings.put(target + "namespace", "bench");
      settings.put(target + "secret", "s" + i);
      settings.put("rekey.policies[0].deliver-to[" + i + "]", "t" + i);
    }
    return settings;
  }

  private void run() {
    sorts().forEach(sort -> pages("sort=" + sort, "sort=" + sort));
    filters()
        .forEach(
            (what, filter) -> {
              pages(what, filter);
              pages(what + ", sort=expiresAt", filter + "&sort=expiresAt");
            });
    measure("page 1: a team's seven subjects", as("search", CREDENTIALS + "sort=expiresAt"));
    measure(
        "page 1: a team's subjects, by wildcards", as("payments", CREDENTIALS + "sort=expiresAt"));
    measure("summary: all subjects", as("auditor", "/api/v1/summary"));
    measure("summary: a team's seven subjects", as("search", "/api/v1/summary"));
    measure("summary: a team's subjects, by wildcards", as("payments", "/api/v1/summary"));
  }

  private static Consumer<Service> as(String client, String path) {
    return service -> Service.ok(service.as(client).get(path));
  }

  private void pages(String what, String query) {
    String path = CREDENTIALS + query;
    measure("page 1: " + what, service -> service.get(path));
    var far = new HashMap<Service, String>();
    try {
      all.forEach(each -> far.put(each.service(), each.service().far(path)));
      measure(
          "page 1,000: " + what, service -> service.get(Objects.requireNonNull(far.get(service))));
    } catch (Service.Refused e) {
      all.forEach(each -> report.add("page 1,000: " + what, each.credentials(), e.getMessage()));
    }
  }

  private void measure(String what, Consumer<Service> question) {
    try {
      List<Latencies> latencies =
          Latencies.ofEach(
              TIMES,
              all.stream().<IntConsumer>map(each -> _ -> question.accept(each.service())).toList());
      for (int i = 0; i < all.size(); i++) {
        report.add(what + " (p50 / p99)", all.get(i).credentials(), latencies.get(i));
      }
    } catch (Service.Refused e) {
      all.forEach(each -> report.add(what, each.credentials(), e.getMessage()));
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
        "displayName",
        "-nextRotationAt",
        "nextRotationAt");
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
    filters.put("createdBefore, 90 days", "createdBefore=" + now.minus(Duration.ofDays(90)));
    filters.put("overdue", "overdue=true");
    filters.put("expiresBefore, 7 days", "expiresBefore=" + now.plus(Duration.ofDays(7)));
    filters.put("notUsedSince, 90 days", "notUsedSince=" + now.minus(Duration.ofDays(90)));
    filters.put("notUsedSince, 2 years", "notUsedSince=" + now.minus(Duration.ofDays(730)));
    filters.put("policy", "policy=connectors");
    filters.put("waitsFor, those with a target", "waitsFor=DUE_TIME,FIRST_SLOT");
    filters.put("waitsFor, those without", "waitsFor=DELIVERY_TARGET");
    filters.put("q, common text", "q=client-");
    filters.put("q, in one of a hundred", "q=-77");
    filters.put("q, rare text", "q=" + FillInventory.RARE_WORD);
    filters.put("q, none", "q=nowhere-to-be-found");
    filters.put("upstream, status and q", "upstream=keycard&status=ACTIVE&q=pipeline");
    return filters;
  }

  @Override
  public void close() {
    all.forEach(each -> each.service().close());
  }
}
