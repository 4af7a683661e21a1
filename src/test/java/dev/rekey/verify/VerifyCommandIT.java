package dev.rekey.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyIT;
import dev.rekey.run.Java;
import dev.rekey.run.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** Runs the command from the jar, and on the chain of the running service. */
class VerifyCommandIT extends RekeyIT {

  @TempDir private static Path directory;

  private static SampleChain chain;

  @BeforeAll
  static void createChain() {
    chain = new SampleChain(postgres(), directory);
  }

  @AfterAll
  static void dropChain() {
    chain.close();
  }

  @AfterEach
  void restoreChain() {
    chain.restore();
  }

  @Test
  void jarVerifiesWithoutStartingRekey() throws Exception {
    VerifyRun valid = jar("--database", chain.url(), "--public-key", chain.publicKey());
    chain.execute("update audit_event set reason = 'no' where id = ?", chain.id(20));
    VerifyRun changed = jar("--database", chain.url(), "--public-key", chain.publicKey());

    assertThat(valid.out()).startsWith("VERIFIED");
    assertThat(valid.exit()).isZero();
    assertThat(changed.row("what")).isEqualTo("changed");
    assertThat(changed.row("seq")).isEqualTo("20");
    assertThat(changed.exit()).isEqualTo(1);
  }

  @Test
  void jarPrintsItsUsage() throws Exception {
    VerifyRun help = jar("--help");
    VerifyRun wrong = jar("--database", chain.url());

    assertThat(help.out()).contains("--database", "--export", "--checkpoints", "--resume");
    assertThat(help.exit()).isZero();
    assertThat(wrong.err()).contains("--public-key");
    assertThat(wrong.exit()).isEqualTo(2);
  }

  private static VerifyRun jar(String... arguments) throws IOException, InterruptedException {
    var all = new ArrayList<>(List.of("-jar", System.getProperty("rekey.jar"), "verify-audit"));
    all.addAll(List.of(arguments));
    Path out = directory.resolve("out");
    Path err = directory.resolve("err");
    Process process =
        Java.with(
                all,
                Map.of("PGUSER", PostgresServer.SERVICE, "PGPASSWORD", PostgresServer.PASSWORD))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new VerifyRun(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  @Test
  void unreadableInputIsNotCalledInvalid() {
    assertThat(chain.verify("--checkpoints", "nowhere.log").exit()).isEqualTo(2);
    assertThat(chain.verify("--checkpoints", chain.publicKey()).err())
        .contains("there is no checkpoint in");
    assertThat(chain.verify("--resume").err()).contains("--resume needs --checkpoints");
    assertThat(
            VerifyRun.run("--export", chain.publicKey(), "--public-key", chain.publicKey()).err())
        .contains("not the header of an export");
    assertThat(
            VerifyRun.run("--database", chain.url() + "_gone", "--public-key", chain.publicKey())
                .exit())
        .isEqualTo(2);
  }

  @Test
  void otherLinesOfALogAreIgnored() throws IOException {
    String others =
        """
        WARN d.r.Other : {"reason":"a signature", "keyId
        {"level":"WARN","message":"no signature {keyId}"}
        INFO d.r.Other : {"id":"1","keyId":"2","signature":"3"} was refused
        {"id":"1","keyId":"2","signature":"3"}
        """;
    String log = chain.write("other.log", others + Files.readString(Path.of(chain.log(45))));

    assertThat(chain.verify("--checkpoints", log).out()).startsWith("VERIFIED");
  }

  @Test
  void checkpointsInALogOfJsonAreRead() {
    String line =
        ReferenceChain.JSON
            .createObjectNode()
            .put("logger_name", "dev.rekey.audit.checkpoint")
            .put("message", chain.checkpoint(45).toString())
            .toString();
    String log = chain.write("json.log", line + "\n");

    assertThat(chain.verify("--resume", "--checkpoints", log).row("events")).isEqualTo("none");
  }

  @Test
  void truncatedCheckpointIsAnError() {
    String log =
        chain.write(
            "cut.log",
            "INFO dev.rekey.audit.checkpoint : {\"id\":\"1\",\"keyId\":\"2\",\"signature\":\n");

    assertThat(chain.verify("--checkpoints", log).err()).contains("a checkpoint is malformed");
  }

  @Test
  void rowSecurityIsAnError() {
    chain.execute("alter table audit_event enable row level security");
    chain.execute("create policy shown on audit_event using (true)");

    VerifyRun run = chain.verify();
    chain.execute("drop policy shown on audit_event");
    chain.execute("alter table audit_event disable row level security");

    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).contains("row-level security");
  }

  @Test
  void passwordIsNotAcceptedAsArgument() {
    VerifyRun run =
        VerifyRun.run(
            "--database", chain.url() + "?password=hush", "--public-key", chain.publicKey());

    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).contains("must be in the environment").doesNotContain("hush");
  }

  @Test
  void chainOfTheServiceIsVerified() {
    String before = chain.write("before.log", checkpoints(1));
    rotateAndAwaitSeals();

    VerifyRun run =
        VerifyRun.run(
            "--database",
            postgres().jdbcUrl(),
            "--public-key",
            servicesKey(),
            "--checkpoints",
            before,
            "--resume");

    assertThat(run.out()).startsWith("VERIFIED");
    assertThat(run.row("events")).doesNotStartWith("none");
  }

  @Test
  void exportOfTheServiceIsVerified() {
    long after = ReferenceChain.JSON.readTree(checkpoints(1)).at("/items/0/seq").asLong();
    rotateAndAwaitSeals();
    // Read before the export, because a later checkpoint may cover later events.
    String log = chain.write("after.log", checkpoints(50));
    String export =
        chain.write(
            "service.ndjson",
            as("auditor").get("/api/v1/audit-events/export?afterSeq=" + after).raw().body());

    VerifyRun run =
        VerifyRun.run("--export", export, "--public-key", servicesKey(), "--checkpoints", log);

    assertThat(run.out()).startsWith("VERIFIED");
    assertThat(run.row("events")).contains("seq " + (after + 1) + " to");
  }

  private static String servicesKey() {
    return chain.write("service.pub", surroundings().auditPublicKey());
  }

  /** The newest checkpoints, as the API returns them. */
  private String checkpoints(int limit) {
    String path = "/api/v1/audit-checkpoints?limit=" + limit;
    await().until(() -> as("auditor").get(path).body().at("/items").size() > 0);
    return as("auditor").get(path).raw().body();
  }

  @Test
  void serviceSealsLikeTheReference() throws SQLException {
    rotateAndAwaitSeals();

    try (var connection = postgres().connectAsSuperuser()) {
      for (ObjectNode event :
          ReferenceChain.events(connection, "where e.request_id = '" + requestId + "'")) {
        byte[] rowHash = ReferenceChain.rowHash(event);
        assertThat(
                query(
                    """
                    select row_hash, sha256(row_hash || coalesce(
                        (select chain_hash from audit_seal p where p.seq = s.seq - 1),
                        decode(repeat('00', 32), 'hex'))) = chain_hash as follows
                    from audit_seal s where event_id = ?::uuid
                    """,
                    event.get("id").asString()))
            .singleElement()
            .satisfies(
                seal -> {
                  assertThat(seal.get("row_hash")).isEqualTo(rowHash);
                  assertThat(seal.get("follows")).isEqualTo(true);
                });
      }
    }
  }

  /** Creates events of several kinds, with and without changes, and waits for their seals. */
  private void rotateAndAwaitSeals() {
    as("payments").with("User-Agent", "ein Prüfer").post(ROTATE, OKTA);
    String created = as("payments").post(CHECKOUT, "{\"name\":\"verified\"}").text("/id");
    as("payments").send("PATCH", CHECKOUT + "/" + created, "{\"name\":\"vérifié\"}");
    as("search").post(ROTATE, OKTA);
    await()
        .until(
            () ->
                query(
                            "select 1 from audit_event e join audit_seal s on s.event_id = e.id"
                                + " where e.request_id = ?",
                            requestId)
                        .size()
                    >= 7);
  }
}
