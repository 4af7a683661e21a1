package dev.rekey.verify;

import static dev.rekey.verify.SampleChain.LAST;
import static dev.rekey.verify.SampleChain.MIDDLE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tampers with a database as a superuser without the signing key, and checks the verifier's
 * finding. Each test has a copy of {@link SampleChain}.
 */
class TamperIT extends RekeyIT {

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
  void unchangedChainIsVerified() {
    VerifyRun run = chain.verify();

    assertThat(run.out()).startsWith("VERIFIED");
    assertThat(run.exit()).isZero();
    assertThat(run.row("events")).isEqualTo("45, seq 1 to 45");
    assertThat(run.row("signed")).startsWith("up to seq 45, by checkpoint");
    assertThat(run.row("not signed")).startsWith("0 events");
    assertThat(run.row("not readable")).startsWith("0 events");
  }

  @Test
  void eventsAfterTheNewestCheckpointAreReportedAsNotSigned() {
    chain.insert(chain.at(46));
    chain.seal();
    chain.insert(chain.at(47));

    VerifyRun run = chain.verify();

    assertThat(run.out()).startsWith("VERIFIED");
    assertThat(run.row("not signed")).startsWith("1 events");
    assertThat(run.row("note")).isEqualTo("1 events have no seal yet.");
  }

  @Test
  void matchingCopiesChangeNothing() {
    assertThat(chain.verify("--checkpoints", chain.log(LAST)).out()).startsWith("VERIFIED");
  }

  @Test
  void verificationResumesAfterACheckpoint() throws IOException {
    VerifyRun run = chain.verify("--resume", "--checkpoints", chain.log(25));

    assertThat(run.out()).startsWith("VERIFIED");
    assertThat(run.row("events")).isEqualTo("20, seq 26 to 45");
  }

  @Test
  void resumedVerificationFindsLaterChanges() throws IOException {
    chain.execute("update audit_event set reason = 'no' where id = ?", chain.id(30));

    assertFound(chain.verify("--resume", "--checkpoints", chain.log(25)), "changed", 30);
  }

  @Test
  void resumedVerificationFindsLaterInsertions() throws IOException {
    insertForged(chain.at(44), "select '1'");

    assertThat(chain.verify("--resume", "--checkpoints", chain.log(25)).row("what"))
        .isEqualTo("inserted");
  }

  @Test
  void verificationDoesNotResumeAfterAContradictedCheckpoint() throws IOException {
    chain.execute("update audit_seal set chain_hash = sha256(chain_hash) where seq = 25");

    assertFound(chain.verify("--resume", "--checkpoints", chain.log(25)), "recomputed", 1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          schema_version    | schema_version + 1
          id                | translate(id::text, '01', '10')::uuid
          type              | overlay(type placing 'x' from 1 for 1)
          occurred_at       | occurred_at + interval '1 microsecond'
          outcome           | overlay(outcome placing 'x' from 1 for 1)
          reason            | overlay(reason placing 'x' from 1 for 1)
          reason            | null
          actor_id          | overlay(actor_id placing 'u' from 1 for 1)
          actor_client_id   | overlay(actor_client_id placing 'x' from 1 for 1)
          actor_team        | overlay(actor_team placing 'x' from 1 for 1)
          actor_kind        | 'system'
          upstream          | overlay(upstream placing 'x' from 1 for 1)
          subject           | overlay(subject placing 'x' from 1 for 1)
          upstream_id       | overlay(upstream_id placing 'x' from 1 for 1)
          credential_id     | rotation_id
          rotation_id       | credential_id
          request_id        | overlay(request_id placing 'x' from 1 for 1)
          trace_id          | overlay(trace_id placing 'x' from 1 for 1)
          source_ip         | overlay(source_ip placing '2' from 1 for 1)
          source_user_agent | overlay(source_user_agent placing 'x' from 1 for 1)
          backfilled        | not backfilled
          changes           | jsonb_set(changes, '{0,from}', '"b"')
          changes           | jsonb_set(changes, '{0,seen}', '"b"')
          changes           | changes - 1
          changes           | changes -> 0
          """)
  void changedFieldOfAnEventIsFound(String column, String value) {
    UUID id = chain.id(MIDDLE);
    chain.execute("update audit_event set %s = %s where id = ?".formatted(column, value), id);

    VerifyRun run = chain.verify();

    assertFound(run, "changed", MIDDLE);
    assertThat(run.row("event")).isEqualTo(id.toString());
    assertThat(run.row("valid before")).isEqualTo("19, seq 1 to 19");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          event_id    | gen_random_uuid()                   | missing
          occurred_at | occurred_at + interval '1 second'   | changed
          occurred_at | occurred_at - interval '9 months'   | changed
          occurred_at | occurred_at - interval '20 months'  | changed
          row_hash    | sha256(row_hash)                    | changed
          chain_hash  | sha256(chain_hash)                  | changed
          """)
  void changedFieldOfASealIsFound(String column, String value, String what) {
    chain.execute("update audit_seal set %s = %s where seq = %d".formatted(column, value, MIDDLE));

    assertFound(chain.verify(), what, MIDDLE);
  }

  @Test
  void deletedEventIsMissing() {
    UUID id = chain.id(MIDDLE);
    chain.execute("delete from audit_event where id = ?", id);

    VerifyRun run = chain.verify();

    assertFound(run, "missing", MIDDLE);
    assertThat(run.row("event")).isEqualTo(id.toString());
  }

  @Test
  void eventDeletedWithItsSealIsMissing() {
    chain.execute("delete from audit_event where id = ?", chain.id(MIDDLE));
    chain.execute("delete from audit_seal where seq = ?", MIDDLE);

    assertFound(chain.verify(), "missing", MIDDLE);
  }

  @Test
  void eventDeletedWithItsSealIsFoundAfterRenumbering() {
    chain.execute("delete from audit_event where id = ?", chain.id(MIDDLE));
    chain.execute("delete from audit_seal where seq = ?", MIDDLE);
    shift(MIDDLE + 1, -1);

    assertFound(chain.verify(), "changed", MIDDLE);
  }

  @Test
  void deletedNewestEventIsMissing() {
    chain.execute("delete from audit_event where id = ?", chain.id(LAST));

    assertFound(chain.verify(), "missing", LAST);
  }

  @Test
  void newestEventDeletedWithItsSealIsATruncation() {
    deleteNewest();

    assertFound(chain.verify(), "truncated", LAST);
  }

  @Test
  void newestEventDeletedWithSealAndCheckpointIsFoundByACopy() {
    deleteNewest();
    chain.execute("delete from audit_checkpoint where seq = ?", LAST);

    // Nothing in the database shows it.
    assertThat(chain.verify().out()).startsWith("VERIFIED");
    assertFound(chain.verify("--checkpoints", chain.log(LAST)), "truncated", LAST);
  }

  @Test
  void truncationThatTheServiceContinuedIsFoundByACopy() {
    deleteNewest();
    chain.execute("delete from audit_checkpoint where seq = ?", LAST);
    chain.insert(chain.at(46));
    chain.insert(chain.at(47));
    chain.checkpoint(chain.at(48));

    assertThat(chain.verify().out()).startsWith("VERIFIED");
    assertFound(chain.verify("--checkpoints", chain.log(LAST)), "recomputed", 36);
  }

  private void deleteNewest() {
    chain.execute("delete from audit_event where id = ?", chain.id(LAST));
    chain.execute("delete from audit_seal where seq = ?", LAST);
  }

  @ParameterizedTest
  @CsvSource({"20, 21", "20, 33", "1, 45"})
  void swappedSeqsAreReordered(int one, int other) {
    chain.execute("update audit_seal set seq = seq + 1000 where seq in (?, ?)", one, other);
    chain.execute("update audit_seal set seq = ? where seq = ?", other, one + 1000);
    chain.execute("update audit_seal set seq = ? where seq = ?", one, other + 1000);

    assertFound(chain.verify(), "reordered", one);
  }

  @ParameterizedTest
  @CsvSource({
    "'event_id, occurred_at, row_hash', 20, 21",
    "'event_id, occurred_at, row_hash', 20, 33",
    "'event_id, occurred_at', 20, 21",
    "'event_id, occurred_at', 20, 33"
  })
  void swappedSealsAreReordered(String columns, int one, int other) {
    chain.execute(
        """
        update audit_seal s set (%1$s) = (
          select %1$s from audit_seal o where o.seq in (%2$d, %3$d) and o.seq <> s.seq)
        where s.seq in (%2$d, %3$d)
        """
            .formatted(columns, one, other));

    assertFound(chain.verify(), "reordered", one);
  }

  @Test
  void eventBeforeTheSealersPositionIsInserted() {
    UUID id =
        insertForged(
            chain.at(17), "select recorded_in from audit_event order by recorded_in limit 1");

    VerifyRun run = chain.verify();

    assertThat(run.row("what")).isEqualTo("inserted");
    assertThat(run.row("event")).isEqualTo(id.toString());
    assertThat(run.exit()).isEqualTo(1);
  }

  @Test
  void eventOfAFutureTransactionIsInserted() {
    UUID id = insertForged(chain.at(17), "select '9000000000'");

    VerifyRun run = chain.verify();

    assertThat(run.row("what")).isEqualTo("inserted");
    assertThat(run.row("event")).isEqualTo(id.toString());
  }

  @Test
  void eventWithoutTransactionIsInserted() {
    chain.execute("alter table audit_event alter column recorded_in drop not null");

    UUID id = insertForged(chain.at(17), "select null");

    VerifyRun run = chain.verify();

    assertThat(run.row("what")).isEqualTo("inserted");
    assertThat(run.row("event")).isEqualTo(id.toString());
  }

  @Test
  void eventWithTheIdOfASealedOneIsInserted() {
    UUID id =
        insertForged(
            chain.at(17), "select recorded_in from audit_event order by recorded_in limit 1");
    chain.execute("update audit_event set id = ? where id = ?", chain.id(MIDDLE), id);

    VerifyRun run = chain.verify();

    assertThat(run.row("what")).isEqualTo("inserted");
    assertThat(run.row("event")).isEqualTo(chain.id(MIDDLE).toString());
  }

  @Test
  void sealedEventOfAnotherClustersTransactionIsNotPending() {
    chain.execute(
        "update audit_event set recorded_in = pg_current_xact_id() where id = ?", chain.id(MIDDLE));

    VerifyRun run = chain.verify();

    assertThat(run.out()).startsWith("VERIFIED").doesNotContain("no seal yet");
  }

  @Test
  void oldUnsealedEventAfterARestoreIsUnsigned() {
    chain.insert(chain.at(17));
    chain.execute("update audit_sealer set cluster = 1");

    assertThat(chain.verify().row("what")).isEqualTo("unsigned");
  }

  @Test
  void positionAheadOfTheClusterIsNotTrusted() {
    chain.insert(chain.at(46));
    chain.execute("update audit_sealer set sealed = '99999999999:99999999999:'");

    VerifyRun run = chain.verify();

    assertThat(run.out()).startsWith("VERIFIED");
    assertThat(run.row("note")).isEqualTo("1 events have no seal yet.");
  }

  /** One is sealed, one is not, and none makes the event before them look old. */
  @Test
  void eventsThatAreDatedInTheFutureAreNamed() {
    chain.insert(chain.at(46));
    chain.seal();
    UUID sealed = chain.insert(Instant.now().plus(Duration.ofDays(2)));
    chain.seal();
    UUID unsealed = chain.insert(Instant.now().plus(Duration.ofDays(1)));

    VerifyRun run = chain.verify();

    assertThat(run.out())
        .startsWith("VERIFIED")
        .contains(
            "1 sealed events are dated in the future. The first is event " + sealed + ", seq 47,",
            "1 events have no seal yet.",
            "1 of these are dated in the future. The first is event " + unsealed + ".");
  }

  private UUID insertForged(Instant at, String recordedIn) {
    UUID id = chain.insert(at);
    chain.execute(
        "update audit_event set recorded_in = (%s)::text::xid8 where id = ?".formatted(recordedIn),
        id);
    return id;
  }

  @ParameterizedTest
  @CsvSource({"true, 20", "false, 20", "true, 1", "false, 1"})
  void eventInsertedWithASealIsInserted(boolean chained, int at) {
    UUID id = chain.insert(chain.at(17));
    shift(at, 1);
    byte[] rowHash = chain.rowHash(id);
    byte[] head = chain.head(at - 1L);
    seal(at, id, rowHash, chained ? ReferenceChain.chainHash(rowHash, head) : rowHash);

    assertFound(chain.verify(), "inserted", at);
  }

  @Test
  void secondSealOfAnEventIsInserted() {
    byte[] rowHash = chain.rowHash(chain.id(MIDDLE));
    byte[] head = chain.head(LAST);
    seal(LAST + 1, chain.id(MIDDLE), rowHash, ReferenceChain.chainHash(rowHash, head));

    assertFound(chain.verify(), "inserted", LAST + 1);
  }

  private void seal(int seq, UUID event, byte[] rowHash, byte[] chainHash) {
    chain.execute(
        "insert into audit_seal select ?, id, occurred_at, ?, ? from audit_event where id = ?",
        seq,
        rowHash,
        chainHash,
        event);
  }

  private void shift(int from, int by) {
    chain.execute("update audit_seal set seq = seq + 1000 where seq >= ?", from);
    chain.execute("update audit_seal set seq = seq - 1000 + ? where seq >= 1000", by);
  }

  @Test
  void recomputedChainContradictsTheCheckpoints() {
    rewrite();

    VerifyRun run = chain.verify();

    assertFound(run, "recomputed", 16);
    assertThat(run.row("detail")).contains("from seq 16 to 25");
  }

  @Test
  void alteredCheckpointsOfARecomputedChainHaveBadSignatures() {
    rewrite();
    chain.execute(
        "update audit_checkpoint c set head ="
            + " (select chain_hash from audit_seal s where s.seq = c.seq)");

    assertFound(chain.verify(), "bad signature", 25);
  }

  @Test
  void checkpointsOfAnotherKeyHaveBadSignatures() {
    rewrite();
    chain.execute("delete from audit_checkpoint where seq > 15");
    chain.checkpoint(new ReferenceChain(ReferenceChain.newKeys()), chain.at(46));

    VerifyRun run = chain.verify();

    assertFound(run, "bad signature", LAST);
    assertThat(run.row("detail")).contains("is not a given one");
  }

  @Test
  void recomputedChainWithoutCheckpointsIsUnsigned() {
    rewrite();
    chain.execute("delete from audit_checkpoint where seq > 15");

    assertFound(chain.verify(), "unsigned", 16);
    assertFound(chain.verify("--checkpoints", chain.log(LAST)), "recomputed", 16);
  }

  @Test
  void chainWithoutCheckpointsIsUnsignedEvenIfNew() {
    chain.execute(
        "delete from audit_event where id in (select event_id from audit_seal where seq > 5)");
    chain.execute("delete from audit_seal where seq > 5");
    chain.execute("delete from audit_checkpoint");

    assertFound(chain.verify(), "unsigned", 1);
  }

  @Test
  void recomputedChainThatIsSignedAgainIsReportedAsSignedLate() {
    rewrite();
    chain.execute("delete from audit_checkpoint");
    chain.signAgain(chain.at(46));

    VerifyRun run = chain.verify();

    // The database looks like that of a service whose sealer was down.
    assertThat(run.out()).startsWith("VERIFIED").contains("seq 1 to 45, first signed after 4");
    assertThat(run.row("note")).startsWith("45 events were first signed more than ten minutes");
    assertFound(chain.verify("--checkpoints", chain.log(LAST)), "recomputed", 16);
  }

  @Test
  void chainThatWasSignedInTimeHasNoNote() throws IOException {
    VerifyRun run = chain.verify("--resume", "--checkpoints", chain.log(25));

    assertThat(run.row("note")).isEmpty();
  }

  /** Changes an event, and recomputes all later hashes. */
  private void rewrite() {
    chain.execute("update audit_event set reason = 'no' where id = ?", chain.id(MIDDLE));
    List<UUID> ids = new ArrayList<>();
    for (int seq = MIDDLE; seq <= LAST; seq++) {
      ids.add(chain.id(seq));
    }
    byte[] head = chain.head(MIDDLE - 1);
    chain.execute("delete from audit_seal where seq >= ?", MIDDLE);
    for (int seq = MIDDLE; seq <= LAST; seq++) {
      UUID id = ids.get(seq - MIDDLE);
      byte[] rowHash = chain.rowHash(id);
      head = ReferenceChain.chainHash(rowHash, head);
      seal(seq, id, rowHash, head);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          taken_at  | taken_at + interval '1 microsecond'
          seq       | seq + 1
          seq       | seq + 100
          seq       | 0
          count     | count + 1
          head      | sha256(head)
          key_id    | overlay(key_id placing 'x' from 1 for 1)
          signature | sha512(signature)
          """)
  void alteredCheckpointIsABadSignature(String column, String value) {
    chain.execute("update audit_checkpoint set %s = %s where seq = 25".formatted(column, value));

    VerifyRun run = chain.verify();

    assertThat(run.row("what")).isEqualTo("bad signature");
    assertThat(run.exit()).isEqualTo(1);
  }

  @Test
  void alteredCopyIsABadSignature() throws IOException {
    Path altered =
        Files.writeString(
            directory.resolve("altered.log"),
            Files.readString(Path.of(chain.log(LAST))).replace("\"seq\":25", "\"seq\":24"));

    assertFound(chain.verify("--checkpoints", altered.toString()), "bad signature", 24);
  }

  @Test
  void droppedMonthWithItsEventIsVerified() {
    UUID event = chain.dropOldMonth(true);

    VerifyRun run = chain.verify();

    assertThat(run.out())
        .startsWith("VERIFIED")
        .contains(
            "was dropped with 5 events, seq 1 to 5, according to event " + event + ", seq 46");
    assertThat(run.row("not readable")).startsWith("5 events");
    assertThat(run.exit()).isZero();
  }

  @Test
  void droppedMonthWithoutEventIsMissing() {
    chain.dropOldMonth(false);

    assertFound(chain.verify(), "missing", 1);
  }

  @Test
  void sealMovedToADroppedMonthIsFound() {
    chain.dropOldMonth(true);
    moveSealToOldMonth();

    assertFound(chain.verify(), "changed", MIDDLE);
  }

  @Test
  void deletedEventMovedToADroppedMonthIsMissing() {
    chain.dropOldMonth(true);
    chain.execute("delete from audit_event where id = ?", chain.id(MIDDLE));
    moveSealToOldMonth();

    assertFound(chain.verify(), "missing", MIDDLE);
  }

  @ParameterizedTest
  @CsvSource({"1999_01, 1999-01-15", "2024_02, 2024-02-20"})
  void deletedEventMovedToAnInventedMonthIsMissing(String month, String day) {
    UUID id = chain.id(MIDDLE);
    chain.execute("delete from audit_event where id = ?", id);
    chain.execute("update audit_seal set occurred_at = '%s' where seq = %d".formatted(day, MIDDLE));
    chain.recordDrop("audit_event_" + month, 1, MIDDLE, MIDDLE);
    chain.checkpoint(Instant.now());

    assertFound(chain.verify(), "missing", MIDDLE);
  }

  @ParameterizedTest
  @CsvSource({"6, 1, 5", "4, 1, 5", "5, 1, 4", "5, 2, 5"})
  void dropWithAnotherNumberOfEventsIsMissing(int events, int first, int last) {
    chain.dropOldMonth(false);
    chain.recordDrop(chain.oldPartition(), events, first, last);
    chain.checkpoint(Instant.now());

    assertFound(chain.verify(), "missing", last == 4 ? 5 : 1);
  }

  @Test
  void dropOfAnotherMonthDoesNotExplainAGap() {
    chain.dropOldMonth(false);
    chain.recordDrop("audit_event_1999_01", 5, 1, 5);
    chain.checkpoint(Instant.now());

    assertFound(chain.verify(), "missing", 1);
  }

  @Test
  void monthWithPresentEventsWasNotDropped() {
    chain.execute("delete from audit_event where id = ?", chain.id(3));
    chain.execute("alter table audit_event detach partition " + chain.oldPartition());
    chain.execute(
        "alter table audit_event attach partition %s for values from ('%s') to ('%s')"
            .formatted(renamed(), chain.oldMonth(), chain.oldMonth().plusMonths(1)));
    chain.recordDrop(chain.oldPartition(), 1, 3, 3);
    chain.checkpoint(Instant.now());

    VerifyRun run = chain.verify();
    chain.execute("drop table old_month");

    assertFound(run, "missing", 3);
  }

  private static String renamed() {
    chain.execute("alter table %s rename to old_month".formatted(chain.oldPartition()));
    return "old_month";
  }

  @Test
  void monthThatWasTooYoungToBeDroppedIsMissing() {
    chain.dropOldMonth(false);
    chain.recordDrop(chain.oldPartition(), 5, 1, 5);
    chain.checkpoint(chain.oldMonth().plusMonths(1).plusDays(29).toInstant());

    assertFound(chain.verify(), "missing", 1);
  }

  @Test
  void monthThatWasOldEnoughToBeDroppedIsVerified() {
    chain.dropOldMonth(false);
    chain.recordDrop(chain.oldPartition(), 5, 1, 5);
    chain.checkpoint(chain.oldMonth().plusMonths(1).plusDays(31).toInstant());

    assertThat(chain.verify().out()).startsWith("VERIFIED");
  }

  private static void moveSealToOldMonth() {
    chain.execute(
        """
        update audit_seal set occurred_at = (select occurred_at from audit_seal where seq = 5)
        where seq = ?
        """,
        MIDDLE);
  }

  private static void assertFound(VerifyRun run, String what, int seq) {
    assertThat(run.out()).startsWith("NOT VERIFIED");
    assertThat(run.row("what")).isEqualTo(what);
    assertThat(run.row("seq")).isEqualTo(Integer.toString(seq));
    assertThat(run.exit()).isEqualTo(1);
  }
}
