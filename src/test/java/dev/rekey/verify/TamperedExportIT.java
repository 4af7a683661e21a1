package dev.rekey.verify;

import static dev.rekey.verify.SampleChain.LAST;
import static dev.rekey.verify.SampleChain.MIDDLE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tampers with an export, and checks the verifier's finding: with the trailer's sha256 recomputed,
 * so that only the chain shows it, and without.
 */
class TamperedExportIT extends RekeyIT {

  @TempDir private static Path directory;

  private static SampleChain chain;

  /** Line 0 is the header, line n the event of seq n, line 46 the trailer. */
  private List<String> lines;

  @BeforeAll
  static void createChain() {
    chain = new SampleChain(postgres(), directory);
  }

  @AfterAll
  static void dropChain() {
    chain.close();
  }

  @BeforeEach
  void export() {
    lines = new ArrayList<>(chain.export(0));
  }

  @Test
  void unchangedExportIsVerified() {
    VerifyRun run = verify();

    assertThat(run.out()).startsWith("VERIFIED");
    assertThat(run.exit()).isZero();
    assertThat(run.row("events")).isEqualTo("45, seq 1 to 45");
    assertThat(run.row("signed")).startsWith("up to seq 45, by checkpoint");
    assertThat(run.row("not signed")).startsWith("0 events");
  }

  @Test
  void eventDatedAfterTheExportIsNamed() {
    lines.set(0, json(0).put("exportedAt", chain.at(43).plusSeconds(30).toString()).toString());
    seal();

    VerifyRun run = verify();

    assertThat(run.out()).startsWith("VERIFIED");
    assertThat(run.row("note"))
        .startsWith("1 sealed events are dated in the future. The first is event " + chain.id(45))
        .doesNotContain(chain.id(44).toString());
  }

  @Test
  void exportIsReadFromStandardInput() {
    var in = new ByteArrayInputStream(text().getBytes(StandardCharsets.UTF_8));

    assertThat(VerifyRun.run(in, "--export", "-", "--public-key", chain.publicKey()).out())
        .startsWith("VERIFIED");
  }

  @Test
  void exportAfterASeqIsVerifiedFromThere() {
    lines = chain.export(MIDDLE);

    VerifyRun run = verify();

    assertThat(run.out()).startsWith("VERIFIED");
    assertThat(run.row("events")).isEqualTo("25, seq 21 to 45");
  }

  @Test
  void changedExportWithAMatchingPreviousHashIsFound() {
    lines = new ArrayList<>(chain.export(LAST - 1));
    ObjectNode header = json(0);
    ObjectNode event = json(1).put("reason", "no");
    byte[] previous = ReferenceChain.sha256(new byte[1]);
    lines.set(0, header.put("previousHash", hex(previous)).toString());
    lines.set(
        1,
        event
            .put(
                "chainHash", hex(ReferenceChain.chainHash(ReferenceChain.rowHash(event), previous)))
            .toString());
    seal();

    assertFound("recomputed", 45);
  }

  @Test
  void verificationResumesAfterACheckpoint() {
    VerifyRun run = verify("--resume", "--checkpoints", chain.log(25));

    assertThat(run.out()).startsWith("VERIFIED");
    assertThat(run.row("events")).isEqualTo("20, seq 26 to 45");
  }

  @Test
  void verificationDoesNotResumeAfterAContradictedCheckpoint() {
    lines.set(25, json(25).put("chainHash", hex(ReferenceChain.sha256(new byte[1]))).toString());
    seal();

    assertFound(verify("--resume", "--checkpoints", chain.log(25)), "recomputed", 1);
  }

  @Test
  void exportThatEndsBeforeTheCheckpointIsTruncated() {
    lines.subList(MIDDLE + 1, lines.size()).clear();

    assertThat(verify("--resume", "--checkpoints", chain.log(25)).row("what"))
        .isEqualTo("truncated");
  }

  @Test
  void exportCutWithinALineIsTruncated() {
    String text = text();
    int cut = text.indexOf("\"seq\":" + MIDDLE + ",") + 20;

    assertFound(verifyText(text.substring(0, cut)), "truncated", MIDDLE);
  }

  @Test
  void exportCutAfterALineIsTruncated() {
    lines.subList(MIDDLE + 1, lines.size()).clear();

    assertFound("truncated", MIDDLE + 1);
  }

  @Test
  void exportWithoutTrailerIsTruncated() {
    lines.removeLast();

    assertFound("truncated", LAST + 1);
  }

  @Test
  void exportCutWithinItsTrailerIsTruncated() {
    String text = text();

    assertFound(verifyText(text.substring(0, text.length() - 20)), "truncated", LAST + 1);
  }

  @Test
  void exportWithoutLastEventsIsTruncated() {
    lines.subList(LAST - 1, LAST + 1).clear();

    assertFound("truncated", LAST - 1);
  }

  @Test
  void exportWithoutLastEventsIsTruncatedDespiteAMatchingTrailer() {
    lines.subList(LAST - 1, LAST + 1).clear();
    seal();

    assertFound("truncated", LAST - 1);
  }

  @Test
  void exportWithoutLastEventsIsTruncatedDespiteAMatchingHeader() {
    lines.subList(LAST - 1, LAST + 1).clear();
    lines.set(0, json(0).put("throughSeq", LAST - 2).toString());
    seal();

    VerifyRun run = verify();

    assertFound(run, "truncated", LAST - 1);
    assertThat(run.row("detail")).contains("covers events up to seq 45");
  }

  @Test
  void exportWithoutLastEventsAndCheckpointIsFoundByACopy() {
    lines.subList(LAST - 1, LAST + 1).clear();
    lines.set(0, json(0).put("throughSeq", LAST - 2).putNull("checkpoint").toString());
    seal();

    assertFound("unsigned", 1);
    assertFound(verify("--checkpoints", chain.log(LAST)), "truncated", LAST - 1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "because"                     | "becausf"
          "succeeded","reason"          | "succeedee","reason"
          "credential.update.succeeded" | "credential.update.succeedec"
          "ünal"                        | "unal"
          "kind":"caller"               | "kind":"system"
          "ip":"127.0.0.1"              | "ip":"127.0.0.2"
          "backfilled":false            | "backfilled":true
          "schemaVersion":1             | "schemaVersion":2
          "field":"description"         | "field":"Description"
          "from":"x"                    | "from":null
          "to":null                     | "to":"null"
          "reason":                     | "Reason":
          "reason":                     | "reason":"x","reason":
          "reason":                     | "note":"x","reason":
          "seq":20,                     | "seq":21,
          "seq":20,                     | "seq":"20",
          Z","outcome"                  | 0001Z","outcome"
          "chainHash":"                 | "chainHash":"0
          {                             | [
          """)
  void changedLineIsFound(String was, String is) {
    assertThat(lines.get(MIDDLE)).contains(was);
    lines.set(MIDDLE, lines.get(MIDDLE).replaceFirst(Pattern.quote(was), is));

    assertFound("changed", MIDDLE);
    seal();
    assertFound("changed", MIDDLE);
  }

  @Test
  void everyChangedByteIsFound() {
    byte[] bytes = text().getBytes(StandardCharsets.UTF_8);
    for (int i = 3; i < bytes.length; i += 331) {
      byte[] changed = bytes.clone();
      changed[i] ^= 1;
      var in = new ByteArrayInputStream(changed);

      VerifyRun run = VerifyRun.run(in, "--export", "-", "--public-key", chain.publicKey());

      assertThat(run.exit()).as("byte %d", i).isNotZero();
    }
  }

  @Test
  void changedWhitespaceIsFound() {
    lines.set(MIDDLE, lines.get(MIDDLE).replace("\"reason\":", "\"reason\": "));

    VerifyRun run = verify();

    assertThat(run.row("what")).isEqualTo("changed");
    assertThat(run.row("detail")).contains("sha256");
  }

  @Test
  void removedLineIsMissing() {
    lines.remove(MIDDLE);

    assertFound("missing", MIDDLE);
    seal();
    assertFound("missing", MIDDLE);
  }

  @ParameterizedTest
  @ValueSource(ints = {MIDDLE + 1, MIDDLE + 13})
  void swappedLinesAreReordered(int other) {
    Collections.swap(lines, MIDDLE, other);

    assertFound("reordered", MIDDLE);
    seal();
    assertFound("reordered", MIDDLE);
  }

  @ParameterizedTest
  @ValueSource(ints = {MIDDLE + 1, MIDDLE + 13})
  void swappedEventsAreReordered(int other) {
    ObjectNode one = json(MIDDLE);
    ObjectNode two = json(other);
    JsonNode hash = one.get("chainHash");
    one.put("seq", other).set("chainHash", two.get("chainHash"));
    two.put("seq", MIDDLE).set("chainHash", hash);
    lines.set(MIDDLE, two.toString());
    lines.set(other, one.toString());

    assertFound("reordered", MIDDLE);
  }

  @Test
  void duplicatedLineIsInserted() {
    lines.add(MIDDLE, lines.get(MIDDLE));

    assertFound("inserted", MIDDLE);
    seal();
    assertFound("inserted", MIDDLE);
  }

  @Test
  void insertedEventIsFound() {
    for (int seq = LAST; seq >= MIDDLE; seq--) {
      lines.set(seq, json(seq).put("seq", seq + 1).toString());
    }
    ObjectNode event = json(1).put("id", UUID.randomUUID().toString()).put("seq", MIDDLE);
    byte[] previous = HexFormat.of().parseHex(json(MIDDLE - 1).get("chainHash").asString());
    event.put("chainHash", hex(ReferenceChain.chainHash(ReferenceChain.rowHash(event), previous)));
    lines.add(MIDDLE, event.toString());
    seal();

    assertFound("inserted", MIDDLE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"seq", "count", "head", "takenAt", "keyId", "signature"})
  void alteredCheckpointInTheHeaderIsABadSignature(String field) {
    ObjectNode header = json(0);
    ObjectNode checkpoint = (ObjectNode) header.get("checkpoint");
    JsonNode other = chain.checkpoint(15).get(field);
    checkpoint.set(field, field.equals("keyId") ? header.get("kind") : other);
    lines.set(0, header.toString());

    assertThat(verify().row("what")).isEqualTo("bad signature");
  }

  @Test
  void recomputedChainContradictsTheCheckpoint() {
    byte[] head = HexFormat.of().parseHex(json(MIDDLE - 1).get("chainHash").asString());
    for (int seq = MIDDLE; seq <= LAST; seq++) {
      ObjectNode event = json(seq);
      if (seq == MIDDLE) {
        event.put("reason", "no");
      }
      head = ReferenceChain.chainHash(ReferenceChain.rowHash(event), head);
      lines.set(seq, event.put("chainHash", hex(head)).toString());
    }
    seal();

    assertFound("recomputed", 1);
    assertFound(verify("--checkpoints", chain.log(LAST)), "recomputed", 16);
  }

  @Test
  void droppedMonthIsVerified() {
    chain.dropOldMonth(true);
    lines = chain.export(0);
    chain.restore();

    VerifyRun run = verify();

    assertThat(run.out()).startsWith("VERIFIED");
    assertThat(run.row("not readable")).startsWith("5 events");
  }

  @Test
  void droppedLineWithoutEventIsMissing() {
    replaceByDroppedLine();

    assertFound("missing", MIDDLE);
  }

  private void replaceByDroppedLine() {
    ObjectNode event = json(MIDDLE);
    lines.set(
        MIDDLE,
        ReferenceChain.JSON
            .createObjectNode()
            .put("kind", "dropped")
            .put("seq", MIDDLE)
            .put("rowHash", hex(ReferenceChain.rowHash(event)))
            .put("chainHash", event.get("chainHash").asString())
            .toString());
    seal();
  }

  @Test
  void dropOfAMonthThatDoesNotFitTheNeighboursIsMissing() {
    chain.recordDrop("audit_event_1999_01", 1, MIDDLE, MIDDLE);
    chain.checkpoint(Instant.now());
    lines = new ArrayList<>(chain.export(0));
    chain.restore();
    replaceByDroppedLine();

    assertFound("missing", MIDDLE);
  }

  @Test
  void oldCheckpointCoversItsEvents() {
    lines = new ArrayList<>(chain.export(10));
    lines.set(0, json(0).set("checkpoint", chain.checkpoint(35)).toString());
    seal();

    VerifyRun run = verify();

    assertThat(run.out()).startsWith("VERIFIED");
    assertThat(run.row("signed")).startsWith("up to seq 35, by checkpoint");
    assertThat(run.row("not signed")).startsWith("10 events");
  }

  @Test
  void exportWithoutCheckpointIsUnsignedEvenIfShort() {
    lines = new ArrayList<>(chain.export(LAST - 3));
    lines.set(0, json(0).putNull("checkpoint").toString());
    seal();

    assertFound("unsigned", LAST - 2);
  }

  @Test
  void exportThatStartsAfterItsCheckpointIsUnsigned() {
    lines = new ArrayList<>(chain.export(LAST - 3));
    lines.set(0, json(0).set("checkpoint", chain.checkpoint(15)).toString());
    seal();

    assertFound("unsigned", LAST - 2);
  }

  @Test
  void exportWithAFilterIsRejected() {
    lines.set(0, json(0).put("verifiable", false).putNull("previousHash").toString());

    VerifyRun run = verify();

    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).contains("made with a filter");
  }

  private ObjectNode json(int line) {
    return (ObjectNode) ReferenceChain.JSON.readTree(lines.get(line));
  }

  private static String hex(byte[] hash) {
    return HexFormat.of().formatHex(hash);
  }

  /** Recomputes the trailer. */
  private void seal() {
    lines.set(lines.size() - 1, ReferenceChain.trailer(lines.subList(0, lines.size() - 1)));
  }

  private String text() {
    return String.join("\n", lines) + "\n";
  }

  private VerifyRun verify(String... more) {
    return verifyText(text(), more);
  }

  private VerifyRun verifyText(String text, String... more) {
    String file = chain.write("export.ndjson", text);
    return VerifyRun.run(
        Stream.concat(
                Stream.of("--export", file, "--public-key", chain.publicKey()), Arrays.stream(more))
            .toArray(String[]::new));
  }

  private void assertFound(String what, int seq) {
    assertFound(verify(), what, seq);
  }

  private static void assertFound(VerifyRun run, String what, int seq) {
    assertThat(run.out()).startsWith("NOT VERIFIED");
    assertThat(run.row("what")).isEqualTo(what);
    assertThat(run.row("seq")).isEqualTo(Integer.toString(seq));
    assertThat(run.exit()).isEqualTo(1);
  }
}
