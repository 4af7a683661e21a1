package dev.rekey.verify;

import dev.rekey.audit.chain.SealerSql;
import dev.rekey.verify.Finding.Kind;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The sealer's progress and the last seq, read in one statement. Finds events without a seal:
 * pending ones, and inserted ones.
 *
 * @param now the database's time
 * @param isKnown whether the snapshots belong to this cluster; false after a dump was restored
 * @param sealed the snapshot whose events are all sealed
 * @param target the snapshot that is sealed up to {@code afterXid} and {@code afterId}
 */
record SealerPosition(
    long lastSeq,
    Instant now,
    boolean isKnown,
    @Nullable String sealed,
    @Nullable String target,
    @Nullable String afterXid,
    @Nullable UUID afterId) {

  /** No seal has both id and time, because an inserted event may have the id of a sealed one. */
  static final String NO_SEAL =
      "not exists (select from audit_seal s"
          + " where s.event_id = e.id and s.occurred_at = e.occurred_at)";

  /** The parameters of {@link SealerSql#HAS_PASSED} as a table {@code k}. */
  private static final String PARAMETERS =
      """
      with k as (
        select ?::pg_snapshot as sealed, ?::pg_snapshot as target, ?::xid8 as after_xid,
          ?::uuid as after_id)
      """;

  // The time in the UUIDv7 is when the event was written, which is later for a backfilled event.
  // PostgreSQL has uuid_extract_timestamp since version 17.
  private static final String PENDING =
      """
      select count(*) as events,
        min(greatest(e.occurred_at, case when e.id::text like '______________7%%' then to_timestamp(
          ('x0000' || left(replace(e.id::text, '-', ''), 12))::bit(64)::bigint / 1000.0) end)) as oldest,
        max(e.occurred_at) filter (where not %1$s) as newest,
        count(*) filter (where %1$s) as future,
        (array_agg(e.id order by e.occurred_at, e.id) filter (where %1$s))[1] as first_future
      from audit_event e
      """
          .formatted(FutureEvents.IS_FUTURE);

  static SealerPosition read(Connection connection) throws SQLException {
    return Database.query(
        connection,
        """
        select coalesce((select max(seq) from audit_seal), 0) as last_seq,
          clock_timestamp() as now, coalesce(%s, false) as is_known, k.sealed::text,
          k.target::text, k.after_xid::text, k.after_id
        from (values (1)) one left join audit_sealer k on true
        """
            .formatted(SealerSql.IS_OURS),
        row -> {
          row.next();
          return new SealerPosition(
              row.getLong("last_seq"),
              Objects.requireNonNull(time(row, "now")),
              row.getBoolean("is_known"),
              row.getString("sealed"),
              row.getString("target"),
              row.getString("after_xid"),
              row.getObject("after_id", UUID.class));
        });
  }

  /**
   * Events that are not sealed yet: when the oldest was written, and when the newest happened that
   * is not dated in the future.
   */
  record Pending(
      long events,
      @Nullable Instant oldest,
      @Nullable Instant newest,
      long future,
      @Nullable UUID firstFuture) {

    private static Pending of(ResultSet row) throws SQLException {
      row.next();
      return new Pending(
          row.getLong("events"),
          time(row, "oldest"),
          time(row, "newest"),
          row.getLong("future"),
          row.getObject("first_future", UUID.class));
    }

    List<String> notes() {
      var notes = new ArrayList<String>();
      if (events > 0) {
        notes.add(events + " events have no seal yet.");
      }
      if (future > 0) {
        notes.add(
            "%d of these are dated in the future. The first is event %s."
                .formatted(future, firstFuture));
      }
      return notes;
    }
  }

  Pending pending(Connection connection) throws SQLException {
    if (!isKnown) {
      return Database.query(connection, PENDING + " where " + NO_SEAL, Pending::of);
    }
    String query =
        "%s%s, k where e.recorded_in >= pg_snapshot_xmin(k.sealed) and not %s and %s"
            .formatted(PARAMETERS, PENDING, SealerSql.HAS_PASSED, NO_SEAL);
    return Database.query(connection, query, Pending::of, sealed, target, afterXid, afterId);
  }

  long countSealable(Connection connection) throws SQLException {
    String query =
        PARAMETERS + "select count(*) from audit_event e, k where " + SealerSql.HAS_PASSED;
    return Database.query(
        connection,
        query,
        row -> row.next() ? row.getLong(1) : 0L,
        sealed,
        target,
        afterXid,
        afterId);
  }

  private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
    var time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  /** The first event since a time that should have a seal and has none; null if there is none. */
  @Nullable Finding inserted(Connection connection, @Nullable Instant since) throws SQLException {
    String query =
        """
        %sselect e.id, e.occurred_at from audit_event e, k
        where e.occurred_at >= coalesce(?::timestamptz, '-infinity') and %s and %s
        order by e.occurred_at, e.id limit 1
        """
            .formatted(PARAMETERS, NO_SEAL, SealerSql.HAS_PASSED);
    return Database.query(
        connection,
        query,
        row ->
            row.next()
                ? Kind.INSERTED.at(
                    0,
                    row.getObject("id", UUID.class),
                    "The event of %s has no seal, although other events recorded then have one."
                        .formatted(row.getObject("occurred_at", OffsetDateTime.class)))
                : null,
        sealed,
        target,
        afterXid,
        afterId,
        since == null ? null : since.toString());
  }

  /** The first event with two seals; null if there is none. */
  static @Nullable Finding sealedTwice(Connection connection) throws SQLException {
    return Database.query(
        connection,
        """
        select event_id, min(seq) as first, max(seq) as last from audit_seal
        group by event_id having count(*) > 1 order by max(seq) limit 1
        """,
        row ->
            row.next()
                ? Kind.INSERTED.at(
                    row.getLong("last"),
                    row.getObject("event_id", UUID.class),
                    "The event already has a seal at seq %d.".formatted(row.getLong("first")))
                : null);
  }
}
