package dev.rekey.bench;

import dev.rekey.console.Browser;
import dev.rekey.run.Control;
import dev.rekey.run.FreePort;
import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import dev.rekey.run.RekeyProcess;
import dev.rekey.run.Surroundings;
import dev.rekey.run.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.htmlunit.http.Cookie;

/**
 * Compares each page of the console with the call of the API that it stands on, in turns, at ten
 * million events and a million credentials. An auditor, who sees every team, opens the pages.
 *
 * <pre>mvn -Pbench -Dbench=Console -DskipTests package spring-boot:test-run</pre>
 *
 * {@code REKEY_BENCH_EVENTS} and {@code REKEY_BENCH_CREDENTIALS} set other sizes. Prints a table,
 * and writes it to {@code target/bench/console.md}.
 */
final class ConsoleBenchmark {

  private static final int TIMES = 300;
  private static final String PERSON = "auditor";
  private static final String OKTA = "/api/v1/apps/crm/connectors/okta/credentials";

  /** Open findings. Counting none would be too easy. */
  private static final String MORE_ROWS =
      """
      insert into finding (id, kind, identity, upstream, subject, credential_id, upstream_id, state,
        since, evidence, opened_at)
      select gen_random_uuid(), kind, c.id::text, c.upstream, c.subject, c.id, c.upstream_id, 'open',
        c.recorded_at, '{}', now()
      from credential c, unnest(array['unused', 'too-old']) kind
      where c.status = 'ACTIVE' and hashtext(c.id::text) % 4 = 0
      on conflict do nothing
      """;

  private final LadderStage stage;
  private final Surroundings surroundings;
  private final int port = FreePort.find();

  /** A page, and what it stands on. */
  private record Pair(String page, String call) {}

  private ConsoleBenchmark(LadderStage stage) {
    this.stage = stage;
    this.surroundings = Surroundings.with(stage.postgres(), 0);
  }

  public static void main(String[] arguments) throws IOException {
    var stage = new LadderStage(StartBenchmark.jar());
    Runtime.getRuntime().addShutdownHook(new Thread(() -> LadderBenchmark.close(stage)));
    new ConsoleBenchmark(stage).run();
    System.exit(0);
  }

  private void run() throws IOException {
    Instant end = Instant.now().truncatedTo(ChronoUnit.HOURS);
    try (RekeyProcess rekey = stage.startRekey(settings())) {
      LargeDatabase.of(stage, System.getenv(), end).fill(rekey, MORE_ROWS);
      Files.writeString(LadderStage.DIRECTORY.resolve("console.md"), measure(rekey.http()));
    }
  }

  private Map<String, String> settings() {
    var settings = new HashMap<>(surroundings.properties());
    settings.putAll(surroundings.console());
    settings.put(
        "spring.security.oauth2.resourceserver.jwt.jwk-set-uri",
        surroundings.sandbox().url() + "/oauth2/jwks");
    settings.put("server.port", Integer.toString(port));
    settings.put("rekey.console.url", url());
    // The findings are those of the benchmark.
    settings.put("rekey.findings.interval", "P1D");
    return settings;
  }

  private String url() {
    return "http://localhost:" + port;
  }

  private String measure(Http rekey) {
    Http api = rekey.bearer(Tokens.of(surroundings.sandbox(), PERSON));
    rotate(rekey.bearer(Tokens.of(surroundings.sandbox(), "admin")));
    try (var browser = new Browser(url()).logIn(PERSON)) {
      Cookie cookie = browser.session();
      Http person = rekey.with("Cookie", cookie.getName() + "=" + cookie.getValue());
      var table =
          new StringBuilder(
              """
              | page | p50 / p99 | call of the API | p50 / p99 | ratio of p50 |
              | --- | ---: | --- | ---: | ---: |
              """);
      pairs(api)
          .forEach(
              (name, pair) -> {
                List<Latencies> both =
                    Latencies.ofEach(
                        TIMES,
                        List.of(_ -> ok(person.get(pair.page())), _ -> ok(api.get(pair.call()))));
                String row = row(name, pair, both.getFirst(), both.getLast());
                System.out.print(row);
                table.append(row);
              });
      return table.toString();
    }
  }

  /** Gives the pages of rotations something to show. */
  private void rotate(Http admin) {
    new Control(surroundings.sandbox()).reset();
    for (int i = 0; i < 60; i++) {
      Answer created = admin.post(OKTA, "{}");
      if (created.status() != 200) {
        throw new IllegalStateException(created.status() + " " + created.text("/type"));
      }
    }
  }

  private static Map<String, Pair> pairs(Http api) {
    var pairs = new LinkedHashMap<String, Pair>();
    pairs.put("overview", new Pair("/console", "/api/v1/summary"));
    pairs.put(
        "inventory",
        new Pair("/console/credentials", "/api/v1/credentials?sort=expiresAt&total=estimate"));
    pairs.put("credential", one(api, "/credentials", "/credentials?sort=expiresAt", "/items/0/id"));
    pairs.put("rotations", new Pair("/console/rotations", "/api/v1/rotations?total=estimate"));
    pairs.put("rotation", one(api, "/rotations", "/rotations", "/items/0/id"));
    pairs.put("findings", new Pair("/console/findings", "/api/v1/findings?total=estimate"));
    pairs.put("finding", one(api, "/findings", "/findings", "/items/0/id"));
    pairs.put("policies", new Pair("/console/policies", "/api/v1/policies"));
    pairs.put("history", new Pair("/console/history", "/api/v1/audit-events"));
    pairs.put(
        "counts",
        new Pair(
            "/console/history/counts",
            "/api/v1/audit-events/aggregate?bucket=auto&groupBy=outcome,upstream"));
    Pair event = one(api, "/audit-events", "/audit-events", "/items/0/id");
    pairs.put("event", new Pair(event.page().replace("audit-events", "history"), event.call()));
    pairs.put("integrity", new Pair("/console/integrity", "/api/v1/audit-checkpoints"));
    return pairs;
  }

  private static Pair one(Http api, String path, String list, String pointer) {
    String id = ok(api.get("/api/v1" + list)).text(pointer);
    return new Pair("/console" + path + "/" + id, "/api/v1" + path + "/" + id);
  }

  private static Answer ok(Answer answer) {
    if (answer.status() != 200) {
      throw new IllegalStateException(answer.status() + " " + answer.raw().uri());
    }
    return answer;
  }

  private static String row(String name, Pair pair, Latencies page, Latencies call) {
    return String.format(
        Locale.ROOT,
        "| %s | %s / %s | `GET %s` | %s / %s | %.2f x |%n",
        name,
        Report.millis(page.p50()),
        Report.millis(page.p99()),
        pair.call().replaceFirst("[0-9a-f]{8}-[0-9a-f-]{27}", "{id}"),
        Report.millis(call.p50()),
        Report.millis(call.p99()),
        (double) page.p50().toNanos() / call.p50().toNanos());
  }
}
