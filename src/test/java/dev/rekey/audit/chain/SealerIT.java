package dev.rekey.audit.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyIT;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** Seals events while the service's own sealer runs. */
@ExtendWith(OutputCaptureExtension.class)
class SealerIT extends RekeyIT {

  private static final String INSERT =
      """
      insert into audit_event (id, type, occurred_at, actor_id, actor_kind, request_id, subject)
      select test_uuidv7(), 'access.denied', now(), 'sealer-it', 'caller', ?, 'apps/crm/connectors/okta'
      from generate_series(1, ?)
      """;

  /** Rollups outlive the events, so older ones are ignored. */
  private static final String WITH_EVENTS =
      " where hour >= (select date_trunc('hour', min(occurred_at), 'UTC') from audit_event)";

  @Autowired private Sealer sealer;
  @Autowired private JdbcTemplate jdbc;
  @Autowired private TransactionTemplate transaction;

  @Test
  void everyEventIsSealedSoon() {
    jdbc.update(INSERT, requestId, 3);

    awaitSealed(3);
  }

  @Test
  void manyEventsAreSealedInSeveralTransactions() {
    int many = Sealer.BATCH * 2 + 7;

    jdbc.update(INSERT, requestId, many);

    awaitSealed(many);
    assertThat(gaps()).isEmpty();
  }

  @Test
  void openTransactionDoesNotDelaySealingOfLaterEvents() throws SQLException {
    try (var open = postgres().connectAsSuperuser()) {
      open.setAutoCommit(false);
      try (var insert = open.prepareStatement(INSERT)) {
        insert.setString(1, requestId + "-open");
        insert.setInt(2, 1);
        insert.execute();
      }
      jdbc.update(INSERT, requestId, 5);
      awaitSealed(5);
      jdbc.update(INSERT, requestId, 5);
      awaitSealed(10);

      open.commit();
    }
    await().until(() -> sealed(requestId + "-open") == 1);
    assertThat(gaps()).isEmpty();
  }

  @Test
  void rolledBackEventsUseNoSequenceNumber() {
    transaction.executeWithoutResult(
        status -> {
          jdbc.update(INSERT, requestId, 5);
          status.setRollbackOnly();
        });
    jdbc.update(INSERT, requestId, 1);

    awaitSealed(1);
    assertThat(gaps()).isEmpty();
  }

  @Test
  void restoredDumpIsSealedOnceAndCompletely() {
    jdbc.update(INSERT, requestId, 3);
    awaitSealed(3);
    // Simulates a dump from another cluster with much higher transaction ids.
    execute("update audit_sealer set cluster = 1, sealed = '900000000:900000000:'");

    jdbc.update(INSERT, requestId, 4);

    awaitSealed(7);
    assertThat(gaps()).isEmpty();
    assertThat(query("select 1 from audit_sealer where cluster = 1")).isEmpty();
  }

  @Test
  void dumpOfACopyThatWasAheadIsSealedOnceAndCompletely(CapturedOutput output) throws SQLException {
    int ahead = 3_000;
    jdbc.update(INSERT, requestId, 3);
    awaitSealed(3);
    try (var open = postgres().connectAsSuperuser()) {
      open.createStatement().execute("select pg_advisory_lock(" + SealerState.LOCK + ")");
      // Its transaction ids are this cluster's, plus some that only the copy has used.
      jdbc.update(INSERT, requestId, 2);
      execute(
          """
          set session_replication_role = replica;
          update audit_event
            set recorded_in = (recorded_in::text::bigint + %d)::text::xid8 where request_id = '%s'
          """
              .formatted(ahead, requestId));
      execute(
          """
          update audit_sealer set sealed = (x || ':' || x || ':')::pg_snapshot, target = null,
            after_xid = null, after_id = null
          from (select pg_snapshot_xmax(pg_current_snapshot())::text::bigint + %d as x) copy
          """
              .formatted(ahead - 1));
      jdbc.update(INSERT, requestId, 4);
    }
    awaitSealed(9);
    assertThat(output).contains("searches all events for those without a seal");

    useUpTransactions(ahead);
    jdbc.update(INSERT, requestId, 1);

    awaitSealed(10);
    assertThat(gaps()).isEmpty();
    assertThat(numberOf("select count(distinct event_id) - count(*) from audit_seal")).isZero();
  }

  /** A snapshot of the other cluster lies ahead in the middle of sealing. */
  @Test
  void restoredDumpOfAnUnfinishedBatchIsSealedCompletely() {
    execute(
        """
        update audit_sealer set cluster = 1, target = '900000000:900000000:', after_xid = '1',
          after_id = gen_random_uuid()
        """);
    jdbc.update(INSERT, requestId, 1);
    awaitSealed(1);

    jdbc.update(INSERT, requestId, 4);

    awaitSealed(5);
  }

  @Test
  void secondEventWithAnIdDoesNotStopSealing() {
    jdbc.update(
        """
        insert into audit_event (id, type, occurred_at, actor_id, actor_kind, request_id)
        select id, 'access.denied', now() - n * interval '1 s', 'sealer-it', 'caller', ?
        from test_uuidv7() id, generate_series(1, 2) n
        """,
        requestId);
    jdbc.update(INSERT, requestId, 1);

    await()
        .until(
            () ->
                query(
                            "select 1 from audit_event e join audit_seal s on s.event_id = e.id"
                                + " and s.occurred_at = e.occurred_at where e.request_id = ?",
                            requestId)
                        .size()
                    == 2);
    assertThat(gaps()).isEmpty();
    execute(
        "set session_replication_role = replica; delete from audit_event where request_id = '"
            + requestId
            + "' and (id, occurred_at) not in (select event_id, occurred_at from audit_seal)");
  }

  private static void useUpTransactions(int count) throws SQLException {
    try (var connection = postgres().connectAsSuperuser();
        var statement = connection.createStatement()) {
      statement.execute(
          "do $$ begin for i in 1.."
              + count
              + " loop perform pg_current_xact_id(); commit; end loop; end $$");
    }
  }

  @Test
  void idleCheckpointsAreTakenAndLogged(CapturedOutput output) {
    await()
        .until(
            () ->
                idleCheckpoints().stream()
                    .anyMatch(one -> output.getOut().contains("{\"id\":\"" + one.get("id"))));
  }

  @Test
  void checkpointsSignTheHeadOfTheChain() {
    jdbc.update(INSERT, requestId, 3);
    awaitSealed(3);
    var keys = VerifyingKeys.ofPem(surroundings().auditPublicKey());

    List<Checkpoint> all = jdbc.query("select * from audit_checkpoint", Checkpoints::checkpoint);

    assertThat(all)
        .isNotEmpty()
        .allMatch(one -> keys.verify(one.keyId(), one.content(), one.signatureBytes()));
    assertThat(
            query(
                "select 1 from audit_checkpoint c join audit_seal s using (seq)"
                    + " where c.head <> s.chain_hash"))
        .isEmpty();
  }

  @Test
  void rollupsCountEveryEventOnce() {
    jdbc.update(INSERT, requestId, 30);
    awaitSealed(30);

    String raw =
        "select date_trunc('hour', e.occurred_at, 'UTC') as hour, e.type, e.outcome,"
            + " e.actor_team as team, e.upstream, %s count(*)::numeric as events"
            + " from audit_event e join audit_seal s on s.event_id = e.id where %s"
            + " group by 1, 2, 3, 4, 5 %s";
    assertThat(
            differences(
                raw.formatted("", "true", ""),
                "select hour, type, outcome, team, upstream, sum(events) from audit_rollup"
                    + WITH_EVENTS
                    + " group by 1, 2, 3, 4, 5"))
        .isEmpty();
    assertThat(
            differences(
                raw.formatted("e.subject,", "e.subject is not null", ", 6"),
                "select hour, type, outcome, team, upstream, subject, sum(events)"
                    + " from audit_rollup_subject"
                    + WITH_EVENTS
                    + " group by 1, 2, 3, 4, 5, 6"))
        .isEmpty();
  }

  @Test
  void concurrentSealersMakeOneChain() {
    List<Thread> sealers =
        IntStream.range(0, 4)
            .mapToObj(
                _ ->
                    Thread.ofVirtual()
                        .start(() -> IntStream.range(0, 50).forEach(_ -> sealer.seal())))
            .toList();
    IntStream.range(0, 200).forEach(_ -> jdbc.update(INSERT, requestId, 1));
    sealers.forEach(SealerIT::join);

    awaitSealed(200);
    assertThat(gaps()).isEmpty();
  }

  private void awaitSealed(int events) {
    await().until(() -> sealed(requestId) == events);
  }

  private static long sealed(String request) {
    return query(
            "select 1 from audit_event e join audit_seal s on s.event_id = e.id"
                + " where e.request_id = ?",
            request)
        .size();
  }

  private static List<Map<String, Object>> gaps() {
    return query(
        "select seq from (select seq, lag(seq, 1, 0::bigint) over (order by seq) as before"
            + " from audit_seal) s where seq <> before + 1");
  }

  private static List<Map<String, Object>> idleCheckpoints() {
    return query(
        "select id::text from (select id, taken_at, seq, lag(seq) over (order by taken_at, id) as"
            + " before from audit_checkpoint) c where seq = before order by taken_at");
  }

  /** The rows that only one of two queries returns, compared in one statement. */
  private static List<Map<String, Object>> differences(String one, String other) {
    return query(
        "with a as (%s), b as (%s) (table a except table b) union all (table b except table a)"
            .formatted(one, other));
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
