package dev.rekey.infrastructure;

import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.invariants.DeliveredSecret;
import dev.rekey.invariants.Invariants;
import dev.rekey.load.Chaos;
import dev.rekey.load.Results;
import dev.rekey.load.Target;
import dev.rekey.run.Control;
import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import dev.rekey.run.JarRun;
import dev.rekey.run.PostgresServer;
import dev.rekey.run.RekeyProcess;
import dev.rekey.run.Surroundings;
import dev.rekey.run.Tokens;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A Rekey process in a situation, and the checks of everything that it did there. The upstreams
 * take a while, so that mints are in progress at any time.
 */
final class Trial implements AutoCloseable {

  private static final String UPSTREAM_DELAY = Control.delayMs(200);
  private static final String CHECKOUT = "organizations/acme/service-accounts/checkout";

  /** Generous, because other programs share this machine's cores. */
  private static final Duration READY_WITHIN = Duration.ofMinutes(5);

  private final String name;
  private final Surroundings surroundings;
  private final Control control;
  private final Invariants invariants;
  private final Results results = new Results();
  private final List<RekeyProcess> processes = new ArrayList<>();

  private Trial(String name, Surroundings surroundings) {
    this.name = name;
    this.surroundings = surroundings;
    this.control = new Control(surroundings.sandbox());
    this.invariants =
        new Invariants(surroundings.postgres(), surroundings.sandbox(), Instant.now(), true);
    control.seed(Target.seed(Load.TARGETS_OF_EACH_UPSTREAM));
    delayMints();
  }

  /** Adds a sandbox to a database. Closing the trial closes the database. */
  static Trial on(PostgresServer postgres, String name) {
    return new Trial(name, Surroundings.with(postgres, 0));
  }

  /** Same, with the database that all tests use. */
  static Trial named(String name) {
    return new Trial(name, Surroundings.start());
  }

  Surroundings surroundings() {
    return surroundings;
  }

  Control control() {
    return control;
  }

  /** Clears all faults but a short delay of every mint. */
  void delayMints() {
    control.clearFaults();
    control.fault("conductorone", "rotate", "delay", UPSTREAM_DELAY);
    control.fault("keycard", "create", "delay", UPSTREAM_DELAY);
  }

  /** The settings of a process. */
  Map<String, String> properties(Map<String, String> more) {
    var properties = new HashMap<>(surroundings.properties());
    properties.putAll(Chaos.FAST);
    properties.putAll(more);
    return properties;
  }

  /** Starts a process, with more settings and arguments for its JVM. Returns when it is ready. */
  RekeyProcess rekey(Map<String, String> more, String... jvmArguments) {
    var properties = new HashMap<>(properties(more));
    properties.merge(
        "java.tool.options", String.join(" ", jvmArguments), (fast, own) -> fast + " " + own);
    var rekey = RekeyProcess.start(properties, Program.log("rekey-" + name), READY_WITHIN);
    processes.add(rekey);
    return rekey;
  }

  Http admin(Http rekey) {
    return rekey.bearer(Tokens.of(surroundings.sandbox(), "admin"));
  }

  /** Starts clients that request credentials, each with a new key. */
  Load load(Http rekey) {
    return Load.on(admin(rekey), results);
  }

  /** Rotates the credential of a connector that the load does not use. */
  Answer rotate(Http rekey) {
    Answer answer =
        admin(rekey)
            .post(
                "/api/v1/apps/connectors/credentials",
                json("appId", "crm", "connectorId", "github"));
    if (answer.status() == 200) {
      results.secret(DeliveredSecret.in(answer, "apps/crm/connectors/github"));
    }
    return answer;
  }

  /** Requests one credential, for a name that no other request has. */
  Answer mint(Http rekey) {
    Answer answer =
        admin(rekey)
            .with("Idempotency-Key", UUID.randomUUID().toString())
            .post(
                "/" + CHECKOUT + "/credentials",
                json("name", "probe-" + UUID.randomUUID().toString().substring(0, 8)));
    if (answer.status() == 201) {
      results.secret(DeliveredSecret.in(answer, CHECKOUT));
    }
    return answer;
  }

  /** Asserts that a mint succeeds again within a time, and the process is ready. */
  void assertRecovers(RekeyProcess rekey, Duration within) {
    var seen = new ArrayList<String>();
    Instant begin = Instant.now();
    await()
        .atMost(within)
        .pollInterval(Duration.ofMillis(250))
        .untilAsserted(
            () -> {
              Answer answer = mint(rekey.http());
              seen.add(answer.status() + " " + answer.text("/type"));
              assertThat(answer.status()).as("mints so far: %s", seen).isEqualTo(201);
            });
    System.out.println(
        name + ": a mint succeeds after " + Duration.between(begin, Instant.now()).toMillis());
    await().atMost(within).until(rekey::isReady);
  }

  /** Asserts everything that the crash matrix asserts, once Rekey has settled everything. */
  void assertSound() {
    try {
      Chaos.settle(invariants);
    } finally {
      results.counts().putAll(invariants.counts());
      System.out.println(results.counts().table(name));
    }
    assertThat(results.unexpected()).isEmpty();
    invariants.assertAll(results.secrets());
    invariants.everySuccessWasDelivered(results.secrets());
    assertThat(number("select count(*) from rotation where state = 'SUCCEEDED'"))
        .as("successes")
        .isGreaterThan(20);
    assertThat(
            number(
                """
                select count(*) from (
                  select 1 from idempotency_key k join rotation_attempt a using (rotation_id)
                  where a.state = 'SUCCEEDED'
                  group by k.principal, k.key_hash having count(*) > 1) repeated
                """))
        .as("keys with two mints")
        .isZero();
    assertSealedAndVerified();
  }

  /** Asserts that every event is sealed soon, and the history is verified. */
  void assertSealedAndVerified() {
    await()
        .atMost(Duration.ofSeconds(15))
        .untilAsserted(
            () ->
                assertThat(number("select count(*) from audit_seal"))
                    .as("sealed events")
                    .isEqualTo(number("select count(*) from audit_event")));
    Path key = Program.log(name).resolveSibling(name + ".pem");
    try {
      Files.writeString(key, surroundings.auditPublicKey());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var verified =
        JarRun.within(
            Duration.ofMinutes(2),
            Map.of("PGUSER", PostgresServer.SERVICE, "PGPASSWORD", PostgresServer.PASSWORD),
            "verify-audit",
            "--database",
            surroundings.postgres().jdbcUrl(),
            "--public-key",
            key.toString());
    assertThat(verified.said()).first().asString().startsWith("VERIFIED");
    assertThat(verified.exit()).isZero();
  }

  private long number(String sql) {
    try (var connection = surroundings.postgres().connectAsSuperuser();
        var row = connection.createStatement().executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A server of this machine. */
  static Http at(int port, String path) {
    return Http.at(URI.create("http://localhost:" + port + path));
  }

  /** The sandbox's response to a path. */
  Answer at(String path) {
    return Http.at(surroundings.sandbox().url()).get(path);
  }

  @Override
  public void close() {
    processes.forEach(RekeyProcess::kill);
    surroundings.close();
  }
}
