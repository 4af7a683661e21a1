package dev.rekey.verify;

import dev.rekey.verify.Finding.Inserted;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;

/** Finds events without a seal: pending ones, and inserted ones. */
final class UnsealedEvents {

  /** No seal has both id and time, because an inserted event may have the id of a sealed one. */
  static final String NO_SEAL =
      "not exists (select from audit_seal s"
          + " where s.event_id = e.id and s.occurred_at = e.occurred_at)";

  // The time in the UUIDv7 is when the event was written, which is later for a backfilled event.
  private static final String PENDING =
      "select count(*) as events,"
          + " min(greatest(e.occurred_at, uuid_extract_timestamp(e.id))) as oldest,"
          + " max(e.occurred_at) as newest from audit_event e";

  private final BaseConnection connection;
  private final SealerPosition sealer;

  UnsealedEvents(BaseConnection connection, SealerPosition sealer) {
    this.connection = connection;
    this.sealer = sealer;
  }

  /**
   * Events that are not sealed yet.
   *
   * @param oldest when the oldest was written; null without events
   * @param newest when the newest happened; null without events
   */
  record Pending(long events, @Nullable Instant oldest, @Nullable Instant newest) {}

  Pending pending() throws SQLException {
    String query =
        sealer.isKnown()
            ? SealerPosition.PARAMETERS
                + PENDING
                + ", k where e.recorded_in >= pg_snapshot_xmin(k.sealed) and not "
                + SealerPosition.HAS_PASSED
                + " and "
                + NO_SEAL
            : PENDING + " where " + NO_SEAL;
    try (var statement = connection.prepareStatement(query)) {
      if (sealer.isKnown()) {
        sealer.set(statement);
      }
      try (var row = statement.executeQuery()) {
        row.next();
        return new Pending(row.getLong("events"), time(row, "oldest"), time(row, "newest"));
      }
    }
  }

  private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
    var time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  long countSealable() throws SQLException {
    try (var statement =
        prepare("select count(*) from audit_event e, k where " + SealerPosition.HAS_PASSED)) {
      sealer.set(statement);
      try (var row = statement.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  /** The first event since a time that should have a seal and has none; null if there is none. */
  @Nullable Finding inserted(@Nullable Instant since) throws SQLException {
    try (var statement =
        prepare(
            "select e.id, e.occurred_at from audit_event e, k where e.occurred_at >= "
                + "coalesce(?::timestamptz, '-infinity') and "
                + NO_SEAL
                + " and "
                + SealerPosition.HAS_PASSED
                + " order by e.occurred_at, e.id limit 1")) {
      statement.setString(sealer.set(statement), since == null ? null : since.toString());
      try (var row = statement.executeQuery()) {
        return row.next()
            ? new Inserted(
                0,
                row.getObject("id", UUID.class),
                "The event of %s has no seal, although other events recorded then have one."
                    .formatted(row.getObject("occurred_at", OffsetDateTime.class)))
            : null;
      }
    }
  }

  /** The first event with two seals; null if there is none. */
  @Nullable Finding sealedTwice() throws SQLException {
    try (var statement = connection.createStatement();
        var row =
            statement.executeQuery(
                """
                select event_id, min(seq) as first, max(seq) as last from audit_seal
                group by event_id having count(*) > 1 order by max(seq) limit 1
                """)) {
      return row.next()
          ? new Inserted(
              row.getLong("last"),
              row.getObject("event_id", UUID.class),
              "The event already has a seal at seq %d.".formatted(row.getLong("first")))
          : null;
    }
  }

  private PreparedStatement prepare(String query) throws SQLException {
    return connection.prepareStatement(SealerPosition.PARAMETERS + query);
  }
}
