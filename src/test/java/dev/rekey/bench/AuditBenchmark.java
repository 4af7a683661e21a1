package dev.rekey.bench;

import dev.rekey.run.Http.Answer;
import dev.rekey.run.PostgresServer;
import dev.rekey.run.Surroundings;
import dev.rekey.run.Tokens;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import org.awaitility.Awaitility;

/**
 * Measures the history at several sizes, on the running service with its own PostgreSQL:
 *
 * <pre>mvn -Pbench spring-boot:test-run</pre>
 *
 * {@code REKEY_BENCH_EVENTS} sets the sizes, by default {@code 10000,10000000}. Prints a table and
 * writes the plans of all searches to {@code target/bench}.
 */
final class AuditBenchmark implements AutoCloseable {

  private static final Path DIRECTORY = Path.of("target", "bench");
  private static final String DEFAULT_SIZES = "10000,10000000";

  /** Same as in {@code SealerState}. */
  private static final long SEALERS_LOCK = 0x52656b6579536561L;

  private static final int CLIENTS = 8;
  private static final int SAMPLE = 200_000;
  private static final Duration LOAD = Duration.ofSeconds(10);

  private final Report report;
  private final long events;
  private final Surroundings surroundings = Surroundings.with(PostgresServer.startEmbedded(), 0);
  private final Tools tools = new Tools(surroundings.postgres());
  private final Instant end = Instant.now().truncatedTo(ChronoUnit.HOURS);
  // Keeps sealing from starting before it is measured.
  private final Connection sealersLock;
  private final Service service;

  private AuditBenchmark(Report report, long events) throws SQLException {
    this.sealersLock = lockSealers(surroundings.postgres());
    this.report = report;
    this.events = events;
    this.service = new Service(surroundings, Map.of("rekey.audit.checkpoint-every", "1ms"));
  }

  public static void main(String[] arguments) throws Exception {
    String sizes = System.getenv().getOrDefault("REKEY_BENCH_EVENTS", DEFAULT_SIZES);
    long[] all = Arrays.stream(sizes.split(",", -1)).mapToLong(Long::parseLong).toArray();
    Files.createDirectories(DIRECTORY);
    var report = new Report("events");
    for (long events : all) {
      try (var benchmark = new AuditBenchmark(report, events)) {
        benchmark.run();
      }
    }
    String table = report.table(all);
    Files.writeString(DIRECTORY.resolve("table.md"), table);
    System.out.println("\n" + table);
    System.exit(0);
  }

  private void run() throws Exception {
    fill();
    seal();
    search();
    aggregate();
    tail();
    export();
    verify();
  }

  // Secondary indexes are created after the bulk load, as is usual. The rest of the rows measures
  // their cost per insert.
  private void fill() throws SQLException {
    owner("select audit_ensure_partitions(4, 3)");
    long sample = Math.min(SAMPLE, events / 2);
    var fill = new Fill(surroundings.postgres());
    var indexes = new SecondaryIndexes(surroundings.postgres());
    indexes.drop();
    double bare = Service.seconds(() -> fill.run(events - sample, end));
    report.rate("COPY of events, primary key only", events, (events - sample) / bare);
    indexes.create();
    double indexed = Service.seconds(() -> fill.run(sample, end));
    report.rate("COPY of events, all indexes", events, sample / indexed);
    service.superuser("vacuum (analyze) audit_event");
  }

  private void seal() throws SQLException {
    long start = System.nanoTime();
    sealersLock.close();
    await(() -> number("select coalesce(max(seq), 0) from audit_seal") == events);
    report.rate("sealing", events, events / ((System.nanoTime() - start) / 1e9));
    service.superuser("vacuum (analyze) audit_seal, audit_rollup, audit_rollup_subject");
    // Verification and exports end with a signed head, so it must exist.
    await(() -> number("select coalesce(max(seq), 0) from audit_checkpoint") == events);
  }

  private static void await(Callable<Boolean> condition) {
    Awaitility.await()
        .atMost(Duration.ofHours(1))
        .pollInterval(Duration.ofMillis(50))
        .until(condition);
  }

  private long number(String sql) {
    return Long.parseLong(surroundings.postgres().text(sql));
  }

  /** Holds the sealers' lock until it is closed. */
  private static Connection lockSealers(PostgresServer postgres) throws SQLException {
    Connection connection = postgres.connectAsSuperuser();
    connection.createStatement().execute("select pg_advisory_lock(" + SEALERS_LOCK + ")");
    return connection;
  }

  private void search() throws Exception {
    Instant from = end.minus(Duration.ofDays(91));
    for (var filter : Fill.searches().entrySet()) {
      String path = "/api/v1/audit-events?from=" + from + "&" + filter.getValue();
      report.add(
          "search, page 1: " + filter.getKey() + " (p50 / p99)",
          events,
          Latencies.of(100, _ -> service.get(path)));
      String far = service.far(path);
      report.add(
          "search, page 1,000: " + filter.getKey() + " (p50 / p99)",
          events,
          Latencies.of(100, _ -> service.get(far)));
    }
    report.add(
        "search, page 1: a team's three subjects (p50 / p99)",
        events,
        Latencies.of(
            100, _ -> Service.ok(service.as("payments").get("/api/v1/audit-events?from=" + from))));
    pagesPerSecond("no filter", "", "true", from);
    pagesPerSecond(
        "subject", "subject=" + Fill.subject(42), "e.subject = '" + Fill.subject(42) + "'", from);
    pagesPerSecond(
        "rare actor", "actor=" + Fill.RARE_ACTOR, "e.actor_id = '" + Fill.RARE_ACTOR + "'", from);
  }

  private void pagesPerSecond(String what, String filter, String condition, Instant from)
      throws Exception {
    var pages = new LongAdder();
    long until = System.nanoTime() + LOAD.toNanos();
    try (var clients = Executors.newFixedThreadPool(CLIENTS)) {
      for (int i = 0; i < CLIENTS; i++) {
        clients.execute(
            () -> {
              while (System.nanoTime() < until) {
                service.get("/api/v1/audit-events?from=" + from + "&" + filter);
                pages.increment();
              }
            });
      }
    }
    double perSecond = pages.sum() / (double) LOAD.toSeconds();
    report.rate("search pages, 8 clients: " + what, events, perSecond);
    String sql =
        "select e.*, s.seq from audit_event e left join audit_seal s on s.event_id = e.id where "
            + condition
            + " and e.occurred_at >= '"
            + from
            + "' order by e.occurred_at desc, e.id desc limit 51";
    explain(what, sql);
    tools
        .pgbench(sql, CLIENTS, LOAD)
        .ifPresent(tps -> report.ratio("… against pgbench: " + what, events, perSecond / tps));
  }

  private void aggregate() {
    String path =
        "/api/v1/audit-events/aggregate?bucket=1h&from="
            + end.minus(Duration.ofDays(30))
            + "&to="
            + end;
    report.add(
        "aggregate, 30 days by hour (p50 / p99)", events, Latencies.of(50, _ -> service.get(path)));
    report.add(
        "aggregate, 30 days by hour, type and outcome (p50 / p99)",
        events,
        Latencies.of(50, _ -> service.get(path + "&groupBy=type,outcome")));
    report.add(
        "aggregate, 30 days by hour, one subject (p50 / p99)",
        events,
        Latencies.of(50, _ -> service.get(path + "&subject=" + Fill.subject(42))));
  }

  private void tail() {
    long after = 0;
    long read = 0;
    long start = System.nanoTime();
    while (read < Math.min(events, SAMPLE)) {
      Answer answer = service.get("/api/v1/audit-events/tail?limit=500&afterSeq=" + after);
      after = answer.body().at("/nextAfterSeq").asLong();
      read += answer.body().at("/items").size();
    }
    report.rate(
        "tail, one follower catching up", events, read / ((System.nanoTime() - start) / 1e9));
    long head = events;
    report.add(
        "tail, nothing new (p50 / p99)",
        events,
        Latencies.of(100, _ -> service.get("/api/v1/audit-events/tail?afterSeq=" + head)));
  }

  private void export() throws Exception {
    Path file = DIRECTORY.resolve("export.ndjson");
    double took;
    try (var heap = new LiveHeap()) {
      took = Service.seconds(() -> download("/api/v1/audit-events/export?format=ndjson", file));
      report.rate("export, NDJSON", events, events / took);
      report.add("… heap growth", events, heap.growthBytes() / (1 << 20) + " MiB");
    }
    report.add("… size", events, Files.size(file) / (1 << 20) + " MiB");
    Path copied = DIRECTORY.resolve("copy.txt").toAbsolutePath();
    OptionalDouble copy =
        tools.copyOut(
            "select e.*, s.seq, s.chain_hash from audit_seal s join audit_event e"
                + " on e.occurred_at = s.occurred_at and e.id = s.event_id order by s.seq",
            copied);
    if (copy.isPresent()) {
      report.rate("psql \\copy of the same rows", events, events / copy.getAsDouble());
      report.ratio("export against \\copy", events, copy.getAsDouble() / took);
    }
    Files.deleteIfExists(copied);
  }

  private void verify() throws IOException {
    Path key = DIRECTORY.resolve("audit.pub.pem");
    Files.writeString(key, surroundings.auditPublicKey());
    Path file = DIRECTORY.resolve("export.ndjson");
    double bare = bareChainSeconds();
    report.rate("SHA-256 chain over the same bytes", events, events / bare);
    double database = verify(key, "--database", surroundings.postgres().jdbcUrl());
    report.rate("verifying the database", events, events / database);
    report.ratio("… against the bare chain", events, bare / database);
    double exported = verify(key, "--export", file.toString());
    report.rate("verifying the export", events, events / exported);
    report.ratio("… against the bare chain (export)", events, bare / exported);
    Files.delete(file);
  }

  private double verify(Path key, String... what) {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.rekey.RekeyApplication",
                "verify-audit",
                "--public-key",
                key.toString()));
    command.addAll(List.of(what));
    var builder = new ProcessBuilder(command).inheritIO();
    builder.environment().put("PGUSER", PostgresServer.SERVICE);
    builder.environment().put("PGPASSWORD", PostgresServer.PASSWORD);
    return Service.seconds(
        () -> {
          try {
            int code = builder.start().waitFor();
            if (code != 0) {
              System.out.println("verify-audit ended with " + code);
            }
          } catch (IOException e) {
            throw new IllegalStateException(e);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  /** The time for hashing alone, for as many events of the same canonical size. */
  private double bareChainSeconds() {
    try {
      var sha256 = MessageDigest.getInstance("SHA-256");
      byte[] row = new byte[canonicalBytes()];
      var head = new byte[][] {new byte[32]};
      return Service.seconds(
          () -> {
            for (long i = 0; i < events; i++) {
              byte[] hash = sha256.digest(row);
              sha256.update(hash);
              head[0] = sha256.digest(head[0]);
            }
          });
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private int canonicalBytes() {
    try (Connection connection = surroundings.postgres().connectAsSuperuser();
        var row =
            connection
                .createStatement()
                .executeQuery(
                    """
                    select 21 * 4 + 2 + 16 + 8 + 1 + avg(
                      length(type) + coalesce(length(outcome), 0) + coalesce(length(reason), 0)
                      + length(actor_id) + length(actor_client_id) + length(actor_team)
                      + length(actor_kind) + length(upstream) + length(subject)
                      + coalesce(length(upstream_id), 0) + 16 + 16 + length(request_id)
                      + length(trace_id) + length(source_ip) + length(source_user_agent))::int
                    from (select * from audit_event limit 10000) e
                    """)) {
      row.next();
      return row.getInt(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void explain(String what, String sql) throws SQLException, IOException {
    var plan = new StringBuilder(sql).append("\n\n");
    try (Connection connection = surroundings.postgres().connectAsSuperuser();
        var rows = connection.createStatement().executeQuery("explain (analyze, buffers) " + sql)) {
      while (rows.next()) {
        plan.append(rows.getString(1)).append('\n');
      }
    }
    Files.writeString(
        DIRECTORY.resolve("plan-" + events + "-" + what.replace(' ', '-') + ".txt"), plan);
  }

  private void download(String path, Path file) {
    try {
      var request =
          HttpRequest.newBuilder(service.base().resolve(path))
              .header("Authorization", "Bearer " + Tokens.of(surroundings.sandbox(), "auditor"))
              .build();
      try (var client = HttpClient.newHttpClient();
          InputStream body = client.send(request, BodyHandlers.ofInputStream()).body();
          var out = Files.newOutputStream(file)) {
        body.transferTo(out);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void owner(String sql) throws SQLException {
    try (Connection connection = surroundings.postgres().connect(PostgresServer.OWNER);
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public void close() {
    service.close();
  }
}
