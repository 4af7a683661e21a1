package dev.rekey.documents;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyIT;
import dev.rekey.run.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Value;
import tools.jackson.databind.JsonNode;

/** The script that follows the history into a file, read as Filebeat and Vector read it. */
class TailToFileIT extends RekeyIT {

  private static final Path PAGE = Path.of("docs", "receivers.md");

  @Value("${local.server.port}")
  private int port;

  @TempDir private Path directory;

  @Test
  void everyEventArrivesOnceAlthoughTheScriptIsKilledAndTheFileRenamed() throws Exception {
    appendSealed(4_000);
    var random = new Random(1);
    RecipeScript script = script(directory);
    var shipper = new LogShipper(directory, glob());

    int kills = 0;
    while (shipper.events().size() < head()) {
      Process running = script.start();
      if (kills % 3 == 1) {
        readUntilNextPosition(shipper);
        Files.move(file(directory), directory.resolve("events.ndjson." + kills));
        readUntilNextPosition(shipper);
      }
      int before = shipper.events().size();
      readUntil(shipper, () -> shipper.events().size() > before);
      Thread.sleep(random.nextInt(40));
      RecipeScript.kill(running);
      shipper.poll();
      kills++;
    }

    assertThat(kills).isGreaterThan(4);
    assertThat(shipper.broken()).isEmpty();
    assertThat(shipper.events().stream().map(event -> event.path("seq").asLong()))
        .containsExactlyElementsOf(LongStream.rangeClosed(1, head()).boxed().toList());
    JsonNode some = shipper.events().get(1234);
    assertThat(some)
        .isEqualTo(as("auditor").get("/api/v1/audit-events/" + some.path("id").asString()).body());
  }

  /** Returns when the script has finished a batch. */
  private void readUntilNextPosition(LogShipper shipper) {
    String before = position();
    readUntil(shipper, () -> !position().equals(before));
  }

  /** Ships until the condition holds, or everything is shipped. */
  private static void readUntil(LogShipper shipper, BooleanSupplier condition) {
    await()
        .pollInterval(Duration.ofMillis(2))
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              shipper.poll();
              return condition.getAsBoolean() || shipper.events().size() >= head();
            });
  }

  private String position() {
    try {
      return Files.readString(directory.resolve("state/position")).strip();
    } catch (IOException e) {
      return "";
    }
  }

  @Test
  void restartContinuesInTheMiddleOfAnyLine() throws Exception {
    long start = head();
    appendSealed(12);
    byte[] whole = followed(directory.resolve("whole"), new byte[0], start);
    assertThat(new String(whole, UTF_8).lines()).hasSize(12).anyMatch(line -> line.contains("–"));
    List<Integer> ends = ends(whole);

    var cuts = new ArrayList<>(List.of(0, 1, whole.length - 1, whole.length));
    int line = ends.get(4);
    cuts.addAll(List.of(line - 2, line - 1, line, line + 1));
    for (int i = ends.get(6); i < ends.get(7); i += 293) {
      cuts.add(i);
    }
    for (int cut : cuts) {
      long lines = ends.stream().filter(end -> end <= cut).count();
      long position = cut % 2 == 0 ? start : start + lines;
      byte[] continued = followed(directory.resolve("" + cut), Arrays.copyOf(whole, cut), position);

      assertThat(continued).as("cut at %s, position %s", cut, position).isEqualTo(whole);
    }
  }

  /** The file after the script has continued it to the size of the whole one. */
  private byte[] followed(Path in, byte[] start, long position) throws Exception {
    RecipeScript script = script(in);
    Files.write(file(in), start);
    Files.writeString(
        Files.createDirectories(in.resolve("state")).resolve("position"), position + "\n");
    Process running = script.start();
    try {
      await()
          .atMost(Duration.ofSeconds(30))
          .pollInterval(Duration.ofMillis(20))
          .until(() -> ends(Files.readAllBytes(file(in))).size() >= 12);
    } finally {
      RecipeScript.kill(running);
    }
    return Files.readAllBytes(file(in));
  }

  private static List<Integer> ends(byte[] lines) {
    var ends = new ArrayList<Integer>();
    for (int i = 0; i < lines.length; i++) {
      if (lines[i] == '\n') {
        ends.add(i + 1);
      }
    }
    return ends;
  }

  @Test
  void refusedRequestEndsTheScriptAndLeavesTheFile() throws Exception {
    appendSealed(3);
    var script = new RecipeScript(PAGE, "tail.sh", directory, environment("expired"));

    assertThat(script.run()).isEqualTo(1);

    assertThat(script.log()).contains("/problems/unauthenticated");
    assertThat(file(directory)).isEmptyFile();
  }

  private RecipeScript script(Path in) throws IOException {
    return new RecipeScript(
        PAGE, "tail.sh", in, environment(Tokens.of(surroundings().sandbox(), "auditor")));
  }

  private Map<String, String> environment(String token) {
    return Map.of("REKEY", "http://localhost:" + port, "TOKEN", token);
  }

  private static Path file(Path in) {
    return in.resolve("events.ndjson");
  }

  /** The name of the files in the configuration of both shippers. */
  private static String glob() {
    var globs =
        Page.read(PAGE).fences().stream()
            .filter(fence -> fence.is("yaml"))
            .flatMap(fence -> fence.text().stream())
            .filter(line -> line.matches(" *(paths|include): \\[.*]"))
            .map(line -> line.replaceAll(".*/|]$", ""))
            .toList();
    assertThat(globs).hasSize(2).allMatch(globs.getFirst()::equals);
    return globs.getFirst();
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
        .until(() -> head() == numberOf("select count(*) from audit_event"));
  }

  private static long head() {
    return numberOf("select coalesce(max(seq), 0) from audit_seal");
  }
}
