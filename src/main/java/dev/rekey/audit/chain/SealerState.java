package dev.rekey.audit.chain;

import dev.rekey.platform.query.SqlTime;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The sealer's progress. New events are those of transactions that are visible in the current
 * snapshot and were not in the last one; so no long transaction hides an event.
 *
 * @param isRestored whether the snapshots are not of this cluster, so that any event may be
 *     unsealed
 * @param sealed the snapshot whose events are all sealed
 * @param target the snapshot that is being sealed in several batches; null between two
 * @param afterXid the transaction of the last event sealed towards {@code target}
 * @param seq the last event's sequence number; 0 before the first
 * @param head the chain hash at {@code seq}, in hexadecimal
 * @param checkpointAt when the last checkpoint was taken; null before the first
 */
record SealerState(
    boolean isRestored,
    String sealed,
    @Nullable String target,
    @Nullable String afterXid,
    @Nullable UUID afterId,
    String current,
    long seq,
    String head,
    @Nullable Instant checkpointAt,
    Instant now) {

  static final long LOCK = 0x52656b6579536561L;

  /** Takes the lock until the transaction ends; false if another replica has it. */
  static boolean lock(JdbcTemplate jdbc) {
    // The database disconnects a stalled sealer: between statements by the first timeout, while it
    // sends rows by the second.
    return jdbc.query(
        """
        select set_config('max_parallel_workers_per_gather', '0', true),
          set_config('idle_in_transaction_session_timeout', '5s', true),
          set_config('tcp_user_timeout', '5s', true),
          pg_try_advisory_xact_lock(?) as mine
        """,
        row -> row.next() && row.getBoolean("mine"),
        LOCK);
  }

  static SealerState read(JdbcTemplate jdbc) {
    return jdbc.query(
        """
        select not %s as restored, k.sealed::text, k.target::text, k.after_xid::text, k.after_id,
          pg_current_snapshot()::text as current, head.seq, head.chain_hash,
          (select max(taken_at) from audit_checkpoint) as checkpoint_at, clock_timestamp() as now
        from audit_sealer k
        left join (select seq, chain_hash from audit_seal order by seq desc limit 1) head on true
        """
            .formatted(SealerSql.IS_OURS),
        SealerState::of);
  }

  private static SealerState of(ResultSet row) throws SQLException {
    row.next();
    byte[] head = row.getBytes("chain_hash");
    return new SealerState(
        row.getBoolean("restored"),
        row.getString("sealed"),
        row.getString("target"),
        row.getString("after_xid"),
        row.getObject("after_id", UUID.class),
        row.getString("current"),
        row.getLong("seq"),
        HexFormat.of().formatHex(head == null ? Chain.start() : head),
        SqlTime.nullableInstant(row, "checkpoint_at"),
        SqlTime.instant(row, "now"));
  }

  /** Makes the sealer search all events: no cluster has this identifier. */
  static void distrust(JdbcTemplate jdbc) {
    jdbc.update("update audit_sealer set cluster = 0");
  }

  /** The snapshot that is being sealed. */
  String goal() {
    return target == null || isRestored ? current : target;
  }

  boolean isCheckpointDue(Duration every) {
    return checkpointAt == null || !now.isBefore(checkpointAt.plus(every));
  }

  /**
   * Records the progress after a batch; one of {@code limit} events may not be the last of its
   * snapshot. An empty one may move the snapshot, for a faster next query.
   */
  void advance(JdbcTemplate jdbc, SealedBatch batch, int limit, boolean evenIfEmpty) {
    boolean isFull = batch.size() == limit;
    boolean isUnchanged = batch.size() == 0 && target == null && !isRestored && !evenIfEmpty;
    if (isUnchanged || (isFull && isRestored)) {
      return;
    }
    jdbc.update(
        """
        update audit_sealer set cluster = (select system_identifier from pg_control_system()),
          sealed = ?::pg_snapshot, target = ?::pg_snapshot, after_xid = ?::xid8, after_id = ?
        """,
        isFull ? sealed : goal(),
        isFull ? goal() : null,
        isFull ? batch.lastXid() : null,
        isFull ? batch.lastId() : null);
  }

  /**
   * The query of the next events to seal, in the order of the chain: {@link EventColumns#SELECTED}
   * and {@code recorded_in}.
   */
  String unsealed(int limit) {
    return isRestored ? unsealedInDump(limit) : unsealedSinceSnapshot(limit);
  }

  // The snapshots are meaningless, so this searches all events.
  private static String unsealedInDump(int limit) {
    return """
    select %s, '0'::xid8 from audit_event e
    where not exists (select from audit_seal s where s.event_id = e.id)
    order by e.occurred_at, e.id limit %d
    """
        .formatted(EventColumns.SELECTED, limit);
  }

  // Two parts instead of an "or", so that each is read from the index in order.
  private String unsealedSinceSnapshot(int limit) {
    String inProgressThen =
        "e.recorded_in = any (array(select pg_snapshot_xip(%s)))".formatted(snapshot(sealed));
    String startedLater =
        "e.recorded_in >= pg_snapshot_xmax(%s) and e.recorded_in < pg_snapshot_xmax(%s)"
            .formatted(snapshot(sealed), snapshot(goal()));
    return """
    select %s, e.recorded_in from ((%s) union all (%s)) e
    order by e.recorded_in, e.id limit %d
    """
        .formatted(
            EventColumns.SELECTED, part(inProgressThen, limit), part(startedLater, limit), limit);
  }

  private String part(String range, int limit) {
    String after =
        afterXid == null
            ? ""
            : " and (e.recorded_in, e.id) > ('%s'::xid8, '%s'::uuid)".formatted(afterXid, afterId);
    return """
    select e.* from audit_event e
    where %s and pg_visible_in_snapshot(e.recorded_in, %s)%s and %s
    order by e.recorded_in, e.id limit %d
    """
        .formatted(range, snapshot(goal()), after, SealerSql.IS_UNSEALED, limit);
  }

  private static String snapshot(String text) {
    return "'" + text + "'::pg_snapshot";
  }
}
