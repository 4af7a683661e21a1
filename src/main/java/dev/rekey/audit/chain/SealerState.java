package dev.rekey.audit.chain;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How far the sealer is. Events are found by the transaction that appended them: those that are
 * visible now and were not when it last looked, which no order of commits and no transaction that
 * stays open can hide.
 *
 * @param cluster the database cluster whose transactions the snapshots name
 * @param sealed the snapshot in which all events have a seal
 * @param target the snapshot that is being sealed, in several steps; null between two
 * @param afterXid how far that is
 * @param afterId how far that is
 * @param current what is visible now
 * @param currentCluster the cluster that this is
 * @param seq the last event's place; 0 before the first
 * @param head the chain hash there, in hexadecimal
 * @param checkpointAt when the last checkpoint was taken; null before the first
 * @param now by the database's clock
 */
record SealerState(
    long cluster,
    String sealed,
    @Nullable String target,
    @Nullable String afterXid,
    @Nullable UUID afterId,
    String current,
    long currentCluster,
    long seq,
    String head,
    @Nullable Instant checkpointAt,
    Instant now) {

  static final long LOCK = 0x52656b6579536561L;

  /** Whether it is ours now, until the transaction ends. */
  static boolean lock(Connection connection) throws SQLException {
    // Whoever freezes in the midst of it is thrown out by the database: between two statements by
    // the one, while rows are on their way to it by the other.
    try (var statement =
        connection.prepareStatement(
            """
                select set_config('max_parallel_workers_per_gather', '0', true),
                  set_config('idle_in_transaction_session_timeout', '5s', true),
                  set_config('tcp_user_timeout', '5s', true),
                  pg_try_advisory_xact_lock(?) as mine
                """)) {
      statement.setLong(1, LOCK);
      try (var row = statement.executeQuery()) {
        row.next();
        return row.getBoolean("mine");
      }
    }
  }

  static SealerState read(Connection connection) throws SQLException {
    try (var statement =
            connection.prepareStatement(
                """
                select s.cluster, s.sealed::text, s.target::text, s.after_xid::text, s.after_id,
                  pg_current_snapshot()::text as current, c.system_identifier, head.seq,
                  head.chain_hash, (select max(taken_at) from audit_checkpoint) as checkpoint_at,
                  clock_timestamp() as now
                from audit_sealer s
                cross join pg_control_system() c
                left join (
                  select seq, chain_hash from audit_seal order by seq desc limit 1) head on true
                """);
        var row = statement.executeQuery()) {
      row.next();
      byte[] head = row.getBytes("chain_hash");
      OffsetDateTime checkpointAt = row.getObject("checkpoint_at", OffsetDateTime.class);
      return new SealerState(
          row.getLong("cluster"),
          row.getString("sealed"),
          row.getString("target"),
          row.getString("after_xid"),
          row.getObject("after_id", UUID.class),
          row.getString("current"),
          row.getLong("system_identifier"),
          row.getLong("seq"),
          HexFormat.of().formatHex(head == null ? Chain.start() : head),
          checkpointAt == null ? null : checkpointAt.toInstant(),
          row.getObject("now", OffsetDateTime.class).toInstant());
    }
  }

  /** The first events, in the order in which they are to be sealed, that have no seal. */
  String unsealed(int limit) {
    if (isRestored()) {
      return "select "
          + EventColumns.SELECTED
          + ", '0'::xid8 from audit_event e where"
          + " not exists (select from audit_seal s where s.event_id = e.id)"
          + " order by e.occurred_at, e.id limit "
          + limit;
    }
    String goal = target == null ? current : target;
    // Two parts instead of an "or", so that each is read from the index in order.
    return "select "
        + EventColumns.SELECTED
        + ", e.recorded_in from (("
        + part(
            "e.recorded_in = any (array(select pg_snapshot_xip('" + sealed + "'::pg_snapshot)))",
            goal,
            limit)
        + ") union all ("
        + part(
            "e.recorded_in >= pg_snapshot_xmax('"
                + sealed
                + "'::pg_snapshot) and e.recorded_in < pg_snapshot_xmax('"
                + goal
                + "'::pg_snapshot)",
            goal,
            limit)
        + ")) e order by e.recorded_in, e.id limit "
        + limit;
  }

  private String part(String range, String goal, int limit) {
    String after =
        afterXid == null
            ? ""
            : " and (e.recorded_in, e.id) > ('" + afterXid + "'::xid8, '" + afterId + "'::uuid)";
    return "select e.* from audit_event e where "
        + range
        + " and pg_visible_in_snapshot(e.recorded_in, '"
        + goal
        + "'::pg_snapshot)"
        + after
        // Not as "not exists", which may be planned as a join with all seals that there are.
        + " and (select s.seq from audit_seal s where s.event_id = e.id) is null"
        + " order by e.recorded_in, e.id limit "
        + limit;
  }

  /** Whether the numbers of transactions that it knows are those of another cluster. */
  boolean isRestored() {
    return cluster != currentCluster;
  }

  boolean isCheckpointDue(Duration every) {
    return checkpointAt == null || !now.isBefore(checkpointAt.plus(every));
  }

  /**
   * Notes that these were sealed, of which there may be more if there are as many as the limit.
   *
   * @param anyway also if it was nothing, so that the next look begins farther on
   */
  void advance(Connection connection, SealedBatch batch, int limit, boolean anyway)
      throws SQLException {
    boolean more = batch.size() == limit;
    boolean nothing = batch.size() == 0 && target == null && !isRestored() && !anyway;
    if (nothing || (more && isRestored())) {
      return;
    }
    String goal = target == null ? current : target;
    try (var statement =
        connection.prepareStatement(
            """
            update audit_sealer set cluster = ?, sealed = ?::pg_snapshot, target = ?::pg_snapshot,
              after_xid = ?::xid8, after_id = ?
            """)) {
      statement.setLong(1, currentCluster);
      statement.setString(2, more ? sealed : goal);
      statement.setString(3, more ? goal : null);
      statement.setString(4, more ? batch.lastXid() : null);
      statement.setObject(5, more ? batch.lastId() : null);
      statement.executeUpdate();
    }
  }
}
