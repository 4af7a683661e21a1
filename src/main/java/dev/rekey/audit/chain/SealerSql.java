package dev.rekey.audit.chain;

/** Conditions on the sealer's progress, a row {@code k} of {@code audit_sealer}. */
public final class SealerSql {

  /**
   * Whether the snapshots are of this cluster. They are not after a dump was restored: its cluster
   * may have the same identifier, as a copy has, but then was ahead. Else this cluster has numbered
   * more transactions than the dump's, so that all new events are after the snapshots.
   */
  public static final String IS_OURS =
      """
      (k.cluster = (select system_identifier from pg_control_system())
        and greatest(pg_snapshot_xmax(k.sealed), pg_snapshot_xmax(k.target))
          <= pg_snapshot_xmax(pg_current_snapshot()))
      """;

  /**
   * Whether an event {@code e} should have a seal. A visible event whose transaction is not
   * visible, or null, was not appended normally, so it counts too.
   */
  public static final String HAS_PASSED =
      """
      coalesce(
        e.recorded_in < pg_snapshot_xmin(k.sealed)
          or pg_visible_in_snapshot(e.recorded_in, k.sealed)
          or (pg_visible_in_snapshot(e.recorded_in, k.target)
            and (e.recorded_in, e.id) <= (k.after_xid, k.after_id))
          or not pg_visible_in_snapshot(e.recorded_in, pg_current_snapshot()),
        e.recorded_in is null)
      """;

  /** Whether an event {@code e} has no seal. "not exists" may be planned as a join with all. */
  static final String IS_UNSEALED =
      "(select s.event_id from audit_seal s where s.event_id = e.id) is null";

  private SealerSql() {}
}
