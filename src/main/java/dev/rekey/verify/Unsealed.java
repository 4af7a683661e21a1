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

/** Looks for events that have no seal: those the sealer has yet to come to, and others. */
final class Unsealed {

  /**
   * Whether an event {@code e} has no seal. The id alone does not tell: an event of another time
   * may have it, too.
   */
  static final String NO_SEAL =
      "not exists (select from audit_seal s"
          + " where s.event_id = e.id and s.occurred_at = e.occurred_at)";

  // What is written after the fact tells when it happened; when it was written, its id does.
  private static final String WAITING =
      "select count(*) as events,"
          + " min(greatest(e.occurred_at, uuid_extract_timestamp(e.id))) as oldest,"
          + " max(e.occurred_at) as newest from audit_event e";

  private final BaseConnection connection;
  private final SealerPosition sealer;

  Unsealed(BaseConnection connection, SealerPosition sealer) {
    this.connection = connection;
    this.sealer = sealer;
  }

  /**
   * Events that are yet to be sealed.
   *
   * @param oldest when the oldest was written; null if there are none
   * @param newest when the newest happened; null if there are none
   */
  record Waiting(long events, @Nullable Instant oldest, @Nullable Instant newest) {}

  Waiting waiting() throws SQLException {
    String query =
        sealer.isKnown()
            ? SealerPosition.PARAMETERS
                + WAITING
                + ", k where e.recorded_in >= pg_snapshot_xmin(k.sealed) and not "
                + SealerPosition.HAS_PASSED
                + " and "
                + NO_SEAL
            : WAITING + " where " + NO_SEAL;
    try (var statement = connection.prepareStatement(query)) {
      if (sealer.isKnown()) {
        sealer.set(statement);
      }
      try (var row = statement.executeQuery()) {
        row.next();
        return new Waiting(row.getLong("events"), time(row, "oldest"), time(row, "newest"));
      }
    }
  }

  private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
    var time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  /** How many events should have a seal. */
  long passed() throws SQLException {
    try (var statement =
        prepare("select count(*) from audit_event e, k where " + SealerPosition.HAS_PASSED)) {
      sealer.set(statement);
      try (var row = statement.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  /**
   * The first event that should have a seal and has none; null if there is none.
   *
   * @param since looks for none before it; null looks everywhere
   */
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
                "The event of %s has no seal, although those that were recorded with it have one."
                    .formatted(row.getObject("occurred_at", OffsetDateTime.class)))
            : null;
      }
    }
  }

  /** The first event that has two seals; null if there is none. */
  @Nullable Finding twice() throws SQLException {
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
              "The event has a seal at seq %d already.".formatted(row.getLong("first")))
          : null;
    }
  }

  private PreparedStatement prepare(String query) throws SQLException {
    return connection.prepareStatement(SealerPosition.PARAMETERS + query);
  }
}
