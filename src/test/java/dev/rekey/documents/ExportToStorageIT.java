package dev.rekey.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyIT;
import dev.rekey.run.Tokens;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Value;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The script that exports the history to a bucket, part by part, against a stand-in of S3. */
class ExportToStorageIT extends RekeyIT {

  /** Runs the real curl, and then a command on the file that it wrote. */
  private static final String CURL =
      """
      #!/bin/sh
      PATH=$(echo "$PATH" | cut -d : -f 2-)
      curl "$@" || exit
      %s
      """;

  @Value("${local.server.port}")
  private int port;

  @TempDir private Path directory;

  private RecipeScript script;

  @BeforeEach
  void prepare() throws IOException {
    script = script("auditor", directory.resolve("job"));
  }

  private RecipeScript script(String client, Path in) throws IOException {
    return new RecipeScript(
        Path.of("docs", "receivers.md"),
        "export.sh",
        in,
        Map.of(
            "REKEY",
            "http://localhost:" + port,
            "TOKEN",
            Tokens.of(surroundings().sandbox(), client),
            "BUCKET",
            "audit",
            "HOME",
            directory.toString()));
  }

  @Test
  void partsJoinToTheChain() throws Exception {
    for (int run = 0; run < 3; run++) {
      appendSealed(20);
      assertThat(script.run()).as(script.log()).isZero();
    }

    assertThat(objects()).hasSize(3);
    assertJoined();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // A cut that looks complete, as HTTP/1.0 shows it.
        "sed '$d' part.ndjson > cut && mv cut part.ndjson",
        "head -c 2000 part.ndjson > cut && mv cut part.ndjson",
        // One changed byte, one missing event.
        "sed 's/caller/Caller/' part.ndjson > changed && mv changed part.ndjson",
        "sed 3d part.ndjson > less && mv less part.ndjson",
        ": > part.ndjson",
        "exit 18"
      })
  void damagedExportIsNotUploaded(String damage) throws Exception {
    appendSealed(20);
    script.program("curl", CURL.formatted(damage));

    assertThat(script.run()).isNotZero();
    assertThat(objects()).isEmpty();

    Files.delete(directory.resolve("job/bin/curl"));
    assertThat(script.run()).as(script.log()).isZero();
    assertJoined();
  }

  @Test
  void failedUploadIsRepeatedByTheNextRun() throws Exception {
    appendSealed(20);
    script.run();
    appendSealed(20);
    script.program(
        "aws",
        """
        #!/bin/sh
        PATH=$(echo "$PATH" | cut -d : -f 2-)
        [ "$2" != put-object ] || { echo "Could not connect to the endpoint URL" >&2; exit 255; }
        aws "$@"
        """);
    assertThat(script.run()).isEqualTo(255);
    assertThat(objects()).hasSize(1);

    Files.delete(directory.resolve("job/bin/aws"));
    assertThat(script.run()).as(script.log()).isZero();
    assertJoined();
  }

  @Test
  void killedRunLeavesNoPartOfAnObject() throws Exception {
    appendSealed(3_000);
    for (int millis = 20; millis < 400; millis += 90) {
      Process running = script.start();
      running.waitFor(Duration.ofMillis(millis));
      RecipeScript.kill(running);
    }

    assertThat(script.run()).as(script.log()).isZero();

    assertJoined();
  }

  @Test
  void ofTwoRunsAtTheSameTimeOneIsRefused() throws Exception {
    appendSealed(20);
    RecipeScript other = script("auditor", directory.resolve("other"));
    script.program("curl", CURL.formatted("(cd ../../other && sh export.sh > log 2>&1) || exit"));

    assertThat(script.run()).isNotZero();

    assertThat(directory.resolve("job").toFile().list())
        .containsExactlyInAnyOrder("export.sh", "bin", "log");
    assertThat(other.log()).contains("events up to");
    assertThat(script.log()).contains("PreconditionFailed");
    assertThat(objects()).hasSize(1);
    assertJoined();
  }

  @Test
  void tokenThatDoesNotShowAllSubjectsIsRefused() throws Exception {
    appendSealed(20);

    assertThat(script("payments", directory.resolve("payments")).run()).isNotZero();

    assertThat(objects()).isEmpty();
  }

  /** Every event is in exactly one part, and each part continues the chain of the one before. */
  private void assertJoined() throws IOException {
    var seqs = new ArrayList<Long>();
    String hash = "0".repeat(64);
    for (Path object : objects()) {
      List<JsonNode> lines = lines(object);
      assertThat(lines.getFirst().path("previousHash").asString()).isEqualTo(hash);
      for (JsonNode event : lines.subList(1, lines.size() - 1)) {
        seqs.add(event.path("seq").asLong());
        hash = event.path("chainHash").asString();
      }
    }
    assertThat(seqs)
        .isNotEmpty()
        .containsExactlyElementsOf(LongStream.rangeClosed(1, seqs.size()).boxed().toList());
  }

  private static List<JsonNode> lines(Path object) throws IOException {
    try (InputStream in = new GZIPInputStream(Files.newInputStream(object))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(line -> JsonMapper.shared().readTree(line))
          .toList();
    }
  }

  private List<Path> objects() throws IOException {
    Path bucket = directory.resolve("s3/audit/rekey");
    if (Files.notExists(bucket)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(bucket)) {
      return files.filter(file -> file.toString().endsWith(".gz")).sorted().toList();
    }
  }

  private void appendSealed(int many) {
    execute(
        "insert into audit_event (id, type, occurred_at, actor_id, actor_kind, request_id, reason)"
            + " select test_uuidv7(), 'access.denied', now() + make_interval(secs => i * 1e-6),"
            + " 'payments', 'caller', ?, 'Grüße aus Köln – ' || i from generate_series(1, ?) i",
        requestId,
        many);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                numberOf("select count(*) from audit_seal")
                    == numberOf("select count(*) from audit_event"));
  }
}
