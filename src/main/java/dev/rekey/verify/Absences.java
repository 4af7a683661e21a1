package dev.rekey.verify;

import dev.rekey.audit.chain.CanonicalBytes;
import dev.rekey.audit.chain.CopyRows;
import dev.rekey.audit.chain.EventColumns;
import dev.rekey.verify.Finding.Changed;
import dev.rekey.verify.Finding.Inserted;
import dev.rekey.verify.Finding.Missing;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.YearMonth;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;

/** Looks in the database for events that are not where their seals say. */
final class Absences implements Absence {

  private final BaseConnection connection;
  private final StoredEvents stored = new StoredEvents();
  private Set<YearMonth> attached;

  Absences(BaseConnection connection) throws SQLException {
    this.connection = connection;
    this.attached = attached();
  }

  private Set<YearMonth> attached() throws SQLException {
    var months = new HashSet<YearMonth>();
    try (var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid"
                    + " where i.inhparent = 'public.audit_event'::regclass")) {
      while (rows.next()) {
        try {
          months.add(Drop.month(rows.getString(1)));
        } catch (DateTimeException e) {
          // A partition that Rekey did not make; its events are found all the same.
        }
      }
    }
    return months;
  }

  @Override
  public @Nullable Finding explain(Link link) throws SQLException {
    YearMonth month = Drop.month(link.occurredAt);
    if (!attached.contains(month)) {
      return null;
    }
    // It may have been dropped since they were read.
    attached = attached();
    if (!attached.contains(month)) {
      return null;
    }
    if (link.id == null) {
      return new Changed(link.seq, null, "Its seal does not say which event it is.");
    }
    Finding finding = elsewhere(link, link.id);
    return finding == null ? underAnotherId(link, link.id) : finding;
  }

  private @Nullable Finding elsewhere(Link link, UUID id) throws SQLException {
    try (var rows = events("e.id = '" + id + "'")) {
      if (!rows.next()) {
        return null;
      }
      if (rows.int64(EventColumns.OCCURRED_AT) == link.occurredAt) {
        return new Inserted(link.seq, id, "The event has another seal, too.");
      }
      return new Changed(
          link.seq,
          id,
          Arrays.equals(stored.hash(rows), link.sealedHash)
              ? "The time in the event's seal was changed; the event is as it was sealed."
              : "The event is not what was sealed: it was of another time.");
    }
  }

  private Finding underAnotherId(Link link, UUID id) throws SQLException {
    String time = CanonicalBytes.instant(link.occurredAt).toString();
    try (var rows = events("e.occurred_at = '" + time + "'")) {
      while (rows.next()) {
        if (Arrays.equals(stored.hash(rows, id), link.sealedHash)) {
          return new Changed(
              link.seq,
              id,
              "The event is not what was sealed: its id is now "
                  + rows.uuid(EventColumns.ID)
                  + ".");
        }
      }
    }
    return new Missing(
        link.seq, id, "The event is gone; its seal is still there, and its month was not dropped.");
  }

  private CopyRows events(String where) throws SQLException {
    return new CopyRows(
        connection, "select " + EventColumns.SELECTED + " from audit_event e where " + where);
  }

  @Override
  public @Nullable Finding pretended(long first, long last) throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            select s.seq, s.event_id from audit_seal s where s.seq between ? and ?
              and exists (select from audit_event e where e.id = s.event_id)
            order by s.seq limit 1
            """)) {
      statement.setLong(1, first);
      statement.setLong(2, last);
      try (var row = statement.executeQuery()) {
        return row.next()
            ? new Changed(
                row.getLong("seq"),
                row.getObject("event_id", UUID.class),
                "The time in the event's seal was changed; its event is of another month.")
            : null;
      }
    }
  }
}
