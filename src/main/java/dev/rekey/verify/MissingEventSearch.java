package dev.rekey.verify;

import dev.rekey.audit.chain.CanonicalBytes;
import dev.rekey.audit.chain.CopyRows;
import dev.rekey.audit.chain.EventColumns;
import dev.rekey.verify.Finding.Kind;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.YearMonth;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;

/** Searches the database for events that are not where their seals say. */
final class MissingEventSearch implements Evidence.MissingEvents {

  private final BaseConnection connection;
  private final StoredEvents stored = new StoredEvents();
  private Set<YearMonth> months;

  MissingEventSearch(BaseConnection connection) throws SQLException {
    this.connection = connection;
    this.months = readMonths();
  }

  private Set<YearMonth> readMonths() throws SQLException {
    return Database.query(
        connection,
        "select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid"
            + " where i.inhparent = 'public.audit_event'::regclass",
        rows -> {
          var found = new HashSet<YearMonth>();
          while (rows.next()) {
            try {
              found.add(PartitionDrop.month(rows.getString(1)));
            } catch (DateTimeException e) {
              // Not one of Rekey's partitions; its events are found nevertheless.
            }
          }
          return found;
        });
  }

  @Override
  public @Nullable Finding explain(Link link) throws SQLException {
    YearMonth month = PartitionDrop.month(link.occurredAt);
    if (months.contains(month)) {
      // It may have been dropped since.
      months = readMonths();
    }
    if (!months.contains(month)) {
      return null;
    }
    if (link.id == null) {
      return Kind.CHANGED.at(link.seq, "Its seal has no event id.");
    }
    Finding finding = atAnotherTime(link, link.id);
    return finding == null ? withAnotherId(link, link.id) : finding;
  }

  private @Nullable Finding atAnotherTime(Link link, UUID id) throws SQLException {
    try (var rows = events("e.id = '" + id + "'")) {
      if (!rows.next()) {
        return null;
      }
      if (rows.int64(EventColumns.OCCURRED_AT) == link.occurredAt) {
        return Kind.INSERTED.at(link.seq, id, "The event has a second seal.");
      }
      return Kind.CHANGED.at(
          link.seq,
          id,
          Arrays.equals(stored.hash(rows), link.sealedHash)
              ? "The time in the event's seal was changed; the event is unchanged."
              : "The event was changed: it was sealed with another time.");
    }
  }

  private Finding withAnotherId(Link link, UUID id) throws SQLException {
    String time = CanonicalBytes.instant(link.occurredAt).toString();
    try (var rows = events("e.occurred_at = '" + time + "'")) {
      while (rows.next()) {
        if (Arrays.equals(stored.hash(rows, id), link.sealedHash)) {
          return Kind.CHANGED.at(
              link.seq,
              id,
              "The event was changed: its id is now " + rows.uuid(EventColumns.ID) + ".");
        }
      }
    }
    return Kind.MISSING.at(
        link.seq, id, "The event is missing; its seal exists, and its month was not dropped.");
  }

  private CopyRows events(String where) throws SQLException {
    return new CopyRows(
        connection, "select " + EventColumns.SELECTED + " from audit_event e where " + where);
  }

  @Override
  public @Nullable Finding changedSeal(long first, long last) throws SQLException {
    return Database.query(
        connection,
        """
        select s.seq, s.event_id from audit_seal s where s.seq between ? and ?
          and exists (select from audit_event e where e.id = s.event_id)
        order by s.seq limit 1
        """,
        row ->
            row.next()
                ? Kind.CHANGED.at(
                    row.getLong("seq"),
                    row.getObject("event_id", UUID.class),
                    "The time in the event's seal was changed to another month.")
                : null,
        first,
        last);
  }
}
