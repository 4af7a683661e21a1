package dev.rekey.verify;

import static dev.rekey.verify.SampleChain.LAST;
import static dev.rekey.verify.SampleChain.MIDDLE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
 * What somebody may do to the history who may do anything to the database but does not have the
 * key, and what the verifier calls it. Each test has a copy of a chain of 45 events: five of
 * fourteen months ago, forty of the last hour, one a minute, with a checkpoint at seq 5, 15, 25, 35
 * and 45.
 */
class TamperIT extends RekeyIT {

  @TempDir private static Path directory;

  private static SampleChain chain;

  @BeforeAll
  static void makeAChain() {
    chain = new SampleChain(postgres(), directory);
  }

  @AfterAll
  static void dropTheChain() {
    chain.close();
  }

  @AfterEach
  void restoreTheChain() {
    chain.restore();
  }

  @Test
  void whatNobodyTouchedIsVerified() {
    Verifying run = chain.verify();

    assertThat(run.out()).startsWith("VERIFIED");
    assertThat(run.exit()).isZero();
    assertThat(run.row("events")).isEqualTo("45, seq 1 to 45");
    assertThat(run.row("vouched for")).startsWith("up to seq 45, by checkpoint");
    assertThat(run.row("not yet")).startsWith("0 events");
    assertThat(run.row("not seen")).startsWith("0 events");
  }

  @Test
  void whatCameAfterTheNewestCheckpointIsSaidToBeUnvouched() {
    chain.insert(chain.at(46));
    chain.seal();
    chain.insert(chain.at(47));

    Verifying run = chain.verify();

    assertThat(run.out()).startsWith("VERIFIED");
    assertThat(run.row("not yet")).startsWith("1 events");
    assertThat(run.row("besides")).isEqualTo("1 events have no seal yet.");
  }

  @Test
  void outsideCopiesThatAgreeChangeNothing() {
    assertThat(chain.verify("--checkpoints", chain.log(LAST)).out()).startsWith("VERIFIED");
  }

  @Test
  void itCanBeginBehindACheckpoint() throws IOException {
    Verifying run = chain.verify("--resume", "--checkpoints", chain.log(25));

    assertThat(run.out()).startsWith("VERIFIED");
    assertThat(run.row("events")).isEqualTo("20, seq 26 to 45");
  }

  @Test
  void behindACheckpointItStillFindsWhatIsWrongThere() throws IOException {
    chain.execute("update audit_event set reason = 'no' where id = ?", chain.id(30));

    assertFound(chain.verify("--resume", "--checkpoints", chain.log(25)), "changed", 30);
  }

  @Test
  void behindACheckpointItStillFindsWhatWasInserted() throws IOException {
    slipIn(chain.at(44), "select '1'");

    assertThat(chain.verify("--resume", "--checkpoints", chain.log(25)).row("what"))
        .isEqualTo("inserted");
  }

  @Test
  void itDoesNotBeginBehindACheckpointThatTheChainContradicts() throws IOException {
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
  void oneFieldOfAnEventIsFound(String column, String value) {
    UUID id = chain.id(MIDDLE);
    chain.execute("update audit_event set %s = %s where id = ?".formatted(column, value), id);

    Verifying run = chain.verify();

    assertFound(run, "changed", MIDDLE);
    assertThat(run.row("event")).isEqualTo(id.toString());
    assertThat(run.row("before it")).isEqualTo("19, seq 1 to 19");
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
  void oneFieldOfASealIsFound(String column, String value, String what) {
    chain.execute("update audit_seal set %s = %s where seq = %d".formatted(column, value, MIDDLE));

    assertFound(chain.verify(), what, MIDDLE);
  }

  @Test
  void anEventDeletedInTheMiddleIsMissing() {
    UUID id = chain.id(MIDDLE);
    chain.execute("delete from audit_event where id = ?", id);

    Verifying run = chain.verify();

    assertFound(run, "missing", MIDDLE);
    assertThat(run.row("event")).isEqualTo(id.toString());
  }

  @Test
  void anEventDeletedWithItsSealIsMissing() {
    chain.execute("delete from audit_event where id = ?", chain.id(MIDDLE));
    chain.execute("delete from audit_seal where seq = ?", MIDDLE);

    assertFound(chain.verify(), "missing", MIDDLE);
  }

  @Test
  void anEventDeletedWithItsSealIsFoundThoughTheRestIsRenumbered() {
    chain.execute("delete from audit_event where id = ?", chain.id(MIDDLE));
    chain.execute("delete from audit_seal where seq = ?", MIDDLE);
    shift(MIDDLE + 1, -1);

    assertFound(chain.verify(), "changed", MIDDLE);
  }

  @Test
  void theNewestEventDeletedIsMissing() {
    chain.execute("delete from audit_event where id = ?", chain.id(LAST));

    assertFound(chain.verify(), "missing", LAST);
  }

  @Test
  void theNewestEventDeletedWithItsSealIsATruncation() {
    deleteNewest();

    assertFound(chain.verify(), "truncated", LAST);
  }

  @Test
  void theNewestEventDeletedWithItsSealAndCheckpointsIsFoundByACopyFromOutside() {
    deleteNewest();
    chain.execute("delete from audit_checkpoint where seq = ?", LAST);

    // Nothing in the database can tell.
    assertThat(chain.verify().out()).startsWith("VERIFIED");
    assertFound(chain.verify("--checkpoints", chain.log(LAST)), "truncated", LAST);
  }

  @Test
  void aTruncationThatTheServiceSealedOverIsFoundByACopyFromOutside() {
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
  void twoThatSwappedTheirSeqsAreReordered(int one, int other) {
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
  void twoThatSwappedTheirSealsAreReordered(String columns, int one, int other) {
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
  void anEventThatTheSealerIsMadeToBelieveItSealedIsInserted() {
    UUID id =
        slipIn(chain.at(17), "select recorded_in from audit_event order by recorded_in limit 1");

    Verifying run = chain.verify();

    assertThat(run.row("what")).isEqualTo("inserted");
    assertThat(run.row("event")).isEqualTo(id.toString());
    assertThat(run.exit()).isEqualTo(1);
  }

  @Test
  void anEventThatTheSealerIsNeverToComeToIsInserted() {
    UUID id = slipIn(chain.at(17), "select '9000000000'");

    Verifying run = chain.verify();

    assertThat(run.row("what")).isEqualTo("inserted");
    assertThat(run.row("event")).isEqualTo(id.toString());
  }

  @Test
  void anEventThatNamesNoTransactionIsInserted() {
    chain.execute("alter table audit_event alter column recorded_in drop not null");

    UUID id = slipIn(chain.at(17), "select null");

    Verifying run = chain.verify();

    assertThat(run.row("what")).isEqualTo("inserted");
    assertThat(run.row("event")).isEqualTo(id.toString());
  }

  @Test
  void anEventThatHasTheIdOfASealedOneIsInserted() {
    UUID id =
        slipIn(chain.at(17), "select recorded_in from audit_event order by recorded_in limit 1");
    chain.execute("update audit_event set id = ? where id = ?", chain.id(MIDDLE), id);

    Verifying run = chain.verify();

    assertThat(run.row("what")).isEqualTo("inserted");
    assertThat(run.row("event")).isEqualTo(chain.id(MIDDLE).toString());
  }

  @Test
  void aSealedEventWhoseTransactionIsOfAnotherClusterIsNotWaitedFor() {
    chain.execute(
        "update audit_event set recorded_in = pg_current_xact_id() where id = ?", chain.id(MIDDLE));

    Verifying run = chain.verify();

    assertThat(run.out()).startsWith("VERIFIED").doesNotContain("no seal yet");
  }

  @Test
  void anEventThatTheSealerIsNotToComeToBecauseItForgotIsNotSealedInTime() {
    chain.insert(chain.at(17));
    chain.execute("update audit_sealer set cluster = 1");

    assertThat(chain.verify().row("what")).isEqualTo("unsigned");
  }

  private UUID slipIn(Instant at, String recordedIn) {
    UUID id = chain.insert(at);
    chain.execute(
        "update audit_event set recorded_in = (%s)::text::xid8 where id = ?".formatted(recordedIn),
        id);
    return id;
  }

  @ParameterizedTest
  @CsvSource({"true, 20", "false, 20", "true, 1", "false, 1"})
  void anEventSqueezedInWithASealIsInserted(boolean chained, int at) {
    UUID id = chain.insert(chain.at(17));
    shift(at, 1);
    byte[] rowHash = chain.rowHash(id);
    byte[] head = chain.head(at - 1L);
    seal(at, id, rowHash, chained ? ByTheBook.chainHash(rowHash, head) : rowHash);

    assertFound(chain.verify(), "inserted", at);
  }

  @Test
  void aSecondSealForAnEventIsInserted() {
    byte[] rowHash = chain.rowHash(chain.id(MIDDLE));
    byte[] head = chain.head(LAST);
    seal(LAST + 1, chain.id(MIDDLE), rowHash, ByTheBook.chainHash(rowHash, head));

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
  void aChainThatWasRecomputedWithoutTheKeyContradictsTheCheckpoints() {
    rewrite();

    Verifying run = chain.verify();

    assertFound(run, "recomputed", 16);
    assertThat(run.row("detail")).contains("from seq 16 to 25");
  }

  @Test
  void checkpointsOfARecomputedChainThatSayWhatItSaysAreFalselySigned() {
    rewrite();
    chain.execute(
        "update audit_checkpoint c set head ="
            + " (select chain_hash from audit_seal s where s.seq = c.seq)");

    assertFound(chain.verify(), "bad signature", 25);
  }

  @Test
  void checkpointsOfARecomputedChainThatAnotherKeySignedAreFound() {
    rewrite();
    chain.execute("delete from audit_checkpoint where seq > 15");
    chain.checkpoint(new ByTheBook(ByTheBook.newKeys()), chain.at(46));

    Verifying run = chain.verify();

    assertFound(run, "bad signature", LAST);
    assertThat(run.row("detail")).contains("none of those given");
  }

  @Test
  void aRecomputedChainWithoutItsCheckpointsIsUnsigned() {
    rewrite();
    chain.execute("delete from audit_checkpoint where seq > 15");

    assertFound(chain.verify(), "unsigned", 16);
    assertFound(chain.verify("--checkpoints", chain.log(LAST)), "recomputed", 16);
  }

  @Test
  void whatNoCheckpointVouchesForIsUnsignedHoweverNewItIs() {
    chain.execute(
        "delete from audit_event where id in (select event_id from audit_seal where seq > 5)");
    chain.execute("delete from audit_seal where seq > 5");
    chain.execute("delete from audit_checkpoint");

    assertFound(chain.verify(), "unsigned", 1);
  }

  @Test
  void whatWasRecomputedAndIsSignedAnewIsSaidToBeSignedLate() {
    rewrite();
    chain.execute("delete from audit_checkpoint");
    chain.signAnew(chain.at(46));

    Verifying run = chain.verify();

    // The database cannot tell it from a service whose sealer stood still.
    assertThat(run.out()).startsWith("VERIFIED").contains("seq 1 to 45 most so: first signed 4");
    assertThat(run.row("besides")).startsWith("45 events were first signed more than ten minutes");
    assertFound(chain.verify("--checkpoints", chain.log(LAST)), "recomputed", 16);
  }

  @Test
  void whatWasSignedInTimeIsNotSaidToBeLate() throws IOException {
    Verifying run = chain.verify("--resume", "--checkpoints", chain.log(25));

    assertThat(run.row("besides")).isEmpty();
  }

  /** Changes an event and all hashes that come of it. */
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
      head = ByTheBook.chainHash(rowHash, head);
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
  void anAlteredCheckpointIsABadSignature(String column, String value) {
    chain.execute("update audit_checkpoint set %s = %s where seq = 25".formatted(column, value));

    Verifying run = chain.verify();

    assertThat(run.row("what")).isEqualTo("bad signature");
    assertThat(run.exit()).isEqualTo(1);
  }

  @Test
  void aCopyFromOutsideThatWasAlteredIsABadSignature() throws IOException {
    Path altered =
        Files.writeString(
            directory.resolve("altered.log"),
            Files.readString(Path.of(chain.log(LAST))).replace("\"seq\":25", "\"seq\":24"));

    assertFound(chain.verify("--checkpoints", altered.toString()), "bad signature", 24);
  }

  @Test
  void aMonthThatWasDroppedWithItsEventIsAccountedFor() {
    UUID event = chain.dropOldMonth(true);

    Verifying run = chain.verify();

    assertThat(run.out())
        .startsWith("VERIFIED")
        .contains("was dropped with 5 events, seq 1 to 5: says event " + event + ", seq 46");
    assertThat(run.row("not seen")).startsWith("5 events");
    assertThat(run.exit()).isZero();
  }

  @Test
  void aMonthThatIsGoneWithoutAnEventIsMissing() {
    chain.dropOldMonth(false);

    assertFound(chain.verify(), "missing", 1);
  }

  @Test
  void aSealThatSaysItsEventWasOfADroppedMonthIsFound() {
    chain.dropOldMonth(true);
    pretendItWentWithTheOldMonth();

    assertFound(chain.verify(), "changed", MIDDLE);
  }

  @Test
  void anEventThatIsMadeToHaveGoneWithADroppedMonthIsMissing() {
    chain.dropOldMonth(true);
    chain.execute("delete from audit_event where id = ?", chain.id(MIDDLE));
    pretendItWentWithTheOldMonth();

    assertFound(chain.verify(), "missing", MIDDLE);
  }

  @ParameterizedTest
  @CsvSource({"1999_01, 1999-01-15", "2024_02, 2024-02-20"})
  void anEventThatIsMadeToHaveGoneWithAMonthThatNeverWasIsMissing(String month, String day) {
    UUID id = chain.id(MIDDLE);
    chain.execute("delete from audit_event where id = ?", id);
    chain.execute("update audit_seal set occurred_at = '%s' where seq = %d".formatted(day, MIDDLE));
    chain.tellOfADrop("audit_event_" + month, 1, MIDDLE, MIDDLE);
    chain.checkpoint(Instant.now());

    assertFound(chain.verify(), "missing", MIDDLE);
  }

  @ParameterizedTest
  @CsvSource({"6, 1, 5", "4, 1, 5", "5, 1, 4", "5, 2, 5"})
  void aMonthWithWhichAnotherNumberWentThanItsEventSaysIsMissing(int events, int first, int last) {
    chain.dropOldMonth(false);
    chain.tellOfADrop(chain.oldPartition(), events, first, last);
    chain.checkpoint(Instant.now());

    assertFound(chain.verify(), "missing", last == 4 ? 5 : 1);
  }

  @Test
  void whatWentWithAMonthIsNotWhatAnEventSaysOfAnotherMonth() {
    chain.dropOldMonth(false);
    chain.tellOfADrop("audit_event_1999_01", 5, 1, 5);
    chain.checkpoint(Instant.now());

    assertFound(chain.verify(), "missing", 1);
  }

  @Test
  void aMonthOfWhichEventsAreLeftWasNotDropped() {
    chain.execute("delete from audit_event where id = ?", chain.id(3));
    chain.execute("alter table audit_event detach partition " + chain.oldPartition());
    chain.execute(
        "alter table audit_event attach partition %s for values from ('%s') to ('%s')"
            .formatted(renamed(), chain.oldMonth(), chain.oldMonth().plusMonths(1)));
    chain.tellOfADrop(chain.oldPartition(), 1, 3, 3);
    chain.checkpoint(Instant.now());

    Verifying run = chain.verify();
    chain.execute("drop table old_month");

    assertFound(run, "missing", 3);
  }

  private static String renamed() {
    chain.execute("alter table %s rename to old_month".formatted(chain.oldPartition()));
    return "old_month";
  }

  @Test
  void aMonthThatWasTooYoungToBeDroppedIsMissing() {
    chain.dropOldMonth(false);
    chain.tellOfADrop(chain.oldPartition(), 5, 1, 5);
    chain.checkpoint(chain.oldMonth().plusMonths(1).plusDays(29).toInstant());

    assertFound(chain.verify(), "missing", 1);
  }

  @Test
  void aMonthThatWasOldEnoughToBeDroppedIsAccountedFor() {
    chain.dropOldMonth(false);
    chain.tellOfADrop(chain.oldPartition(), 5, 1, 5);
    chain.checkpoint(chain.oldMonth().plusMonths(1).plusDays(31).toInstant());

    assertThat(chain.verify().out()).startsWith("VERIFIED");
  }

  private static void pretendItWentWithTheOldMonth() {
    chain.execute(
        """
        update audit_seal set occurred_at = (select occurred_at from audit_seal where seq = 5)
        where seq = ?
        """,
        MIDDLE);
  }

  private static void assertFound(Verifying run, String what, int seq) {
    assertThat(run.out()).startsWith("NOT VERIFIED");
    assertThat(run.row("what")).isEqualTo(what);
    assertThat(run.row("seq")).isEqualTo(Integer.toString(seq));
    assertThat(run.exit()).isEqualTo(1);
  }
}
