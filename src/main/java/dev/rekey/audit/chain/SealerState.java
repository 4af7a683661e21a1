package dev.rekey.audit.chain;

import dev.rekey.platform.query.SqlTime;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The sealer's progress. New events are those of transactions that are visible in the current
 * snapshot and were not in the last one; so no long transaction hides an event.
 *
 * @param cluster the system identifier of the database cluster that the snapshots belong to
 * @param sealed the snapshot whose events are all sealed
 * @param target the snapshot that is being sealed in several batches; null between two
 * @param afterXid the transaction of the last event sealed towards {@code target}
 * @param afterId the id of that event
 * @param seq the last event's sequence number; 0 before the first
 * @param head the chain hash at {@code seq}, in hexadecimal
 * @param checkpointAt when the last checkpoint was taken; null before the first
 * @param now the database's time
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

  /** Takes the lock until the transaction ends; false if another replica has it. */
  static boolean lock(Connection connection) throws SQLException {
    // The database disconnects a stalled sealer: between statements by the first timeout, while it
    // sends rows by the second.
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
          SqlTime.nullableInstant(row, "checkpoint_at"),
          SqlTime.instant(row, "now"));
    }
  }

  /** Whether the snapshots belong to another cluster, because this one was restored from a dump. */
  boolean isRestored() {
    return cluster != currentCluster;
  }

  /** The snapshot that is being sealed. */
  String goal() {
    return target == null ? current : target;
  }

  boolean isCheckpointDue(Duration every) {
    return checkpointAt == null || !now.isBefore(checkpointAt.plus(every));
  }

  /**
   * Records the progress after a batch.
   *
   * @param limit the maximum size of a batch; a full one may not be the last of its snapshot
   * @param evenIfEmpty whether an empty batch moves the snapshot, for a faster next query
   */
  void advance(Connection connection, SealedBatch batch, int limit, boolean evenIfEmpty)
      throws SQLException {
    boolean isFull = batch.size() == limit;
    boolean isUnchanged = batch.size() == 0 && target == null && !isRestored() && !evenIfEmpty;
    if (isUnchanged || (isFull && isRestored())) {
      return;
    }
    try (var statement =
        connection.prepareStatement(
            """
            update audit_sealer set cluster = ?, sealed = ?::pg_snapshot, target = ?::pg_snapshot,
              after_xid = ?::xid8, after_id = ?
            """)) {
      statement.setLong(1, currentCluster);
      statement.setString(2, isFull ? sealed : goal());
      statement.setString(3, isFull ? goal() : null);
      statement.setString(4, isFull ? batch.lastXid() : null);
      statement.setObject(5, isFull ? batch.lastId() : null);
      statement.executeUpdate();
    }
  }
}
