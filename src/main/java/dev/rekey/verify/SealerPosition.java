package dev.rekey.verify;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;

/**
 * The sealer's progress and the last seq, read in one statement.
 *
 * @param isKnown whether the snapshots belong to this cluster; false after a dump was restored
 * @param sealed the snapshot whose events are all sealed
 * @param target the snapshot that is sealed up to {@code afterXid} and {@code afterId}
 */
record SealerPosition(
    long lastSeq,
    boolean isKnown,
    @Nullable String sealed,
    @Nullable String target,
    @Nullable String afterXid,
    @Nullable UUID afterId) {

  /** The parameters of {@link #HAS_PASSED} as a table {@code k}. */
  static final String PARAMETERS =
      """
      with k as (
        select ?::pg_snapshot as sealed, ?::pg_snapshot as target, ?::xid8 as after_xid,
          ?::uuid as after_id)
      """;

  /**
   * Whether an event {@code e} should have a seal. A visible event whose transaction is not
   * visible, or null, was not appended normally, so it counts too.
   */
  static final String HAS_PASSED =
      """
      coalesce(
        e.recorded_in < pg_snapshot_xmin(k.sealed)
          or pg_visible_in_snapshot(e.recorded_in, k.sealed)
          or (pg_visible_in_snapshot(e.recorded_in, k.target)
            and (e.recorded_in, e.id) <= (k.after_xid, k.after_id))
          or not pg_visible_in_snapshot(e.recorded_in, pg_current_snapshot()),
        e.recorded_in is null)
      """;

  static SealerPosition read(BaseConnection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var row =
            statement.executeQuery(
                """
                select coalesce((select max(seq) from audit_seal), 0) as last_seq,
                  coalesce(k.cluster = c.system_identifier, false) as is_known, k.sealed::text,
                  k.target::text, k.after_xid::text, k.after_id
                from pg_control_system() c left join audit_sealer k on true
                """)) {
      row.next();
      return new SealerPosition(
          row.getLong("last_seq"),
          row.getBoolean("is_known"),
          row.getString("sealed"),
          row.getString("target"),
          row.getString("after_xid"),
          row.getObject("after_id", UUID.class));
    }
  }

  /** Sets the first parameters; returns the index of the next one. */
  int set(PreparedStatement statement) throws SQLException {
    statement.setString(1, sealed);
    statement.setString(2, target);
    statement.setString(3, afterXid);
    statement.setObject(4, afterId);
    return 5;
  }
}
