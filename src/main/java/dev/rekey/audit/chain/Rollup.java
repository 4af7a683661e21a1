package dev.rekey.audit.chain;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Counts a batch's events by hour, for charts. */
final class Rollup {

  private final Map<Key, Long> all = new HashMap<>();
  private final Map<Key, Long> bySubject = new HashMap<>();

  private record Key(
      @Nullable String subject,
      Instant hour,
      @Nullable String type,
      @Nullable String outcome,
      @Nullable String team,
      @Nullable String upstream) {

    Key withoutSubject() {
      return new Key(null, hour, type, outcome, team, upstream);
    }
  }

  /** Counts the current row of {@link SealerState#unsealed}. */
  void add(CopyRows event) {
    var key =
        new Key(
            event.text(EventColumns.SUBJECT),
            event.time(EventColumns.OCCURRED_AT).truncatedTo(ChronoUnit.HOURS),
            event.text(EventColumns.TYPE),
            event.text(EventColumns.OUTCOME),
            event.text(EventColumns.TEAM),
            event.text(EventColumns.UPSTREAM));
    all.merge(key.withoutSubject(), 1L, Long::sum);
    if (key.subject() != null) {
      bySubject.merge(key, 1L, Long::sum);
    }
  }

  void write(Connection connection) throws SQLException {
    write(connection, all, "audit_rollup", "hour, type, outcome, team, upstream");
    write(
        connection,
        bySubject,
        "audit_rollup_subject",
        "subject, hour, type, outcome, team, upstream");
  }

  private static void write(
      Connection connection, Map<Key, Long> counts, String table, String columns)
      throws SQLException {
    if (counts.isEmpty()) {
      return;
    }
    String sql =
        """
        insert into %1$s (%2$s, events)
        select %2$s, events from unnest(
          ?::text[], ?::timestamptz[], ?::text[], ?::text[], ?::text[], ?::text[], ?::bigint[])
          as counted (subject, hour, type, outcome, team, upstream, events)
        on conflict (%2$s) do update set events = %1$s.events + excluded.events
        """
            .formatted(table, columns);
    List<Map.Entry<Key, Long>> rows = new ArrayList<>(counts.entrySet());
    try (var statement = connection.prepareStatement(sql)) {
      statement.setArray(1, array(connection, "text", rows, row -> row.getKey().subject()));
      statement.setArray(2, array(connection, "timestamptz", rows, row -> row.getKey().hour()));
      statement.setArray(3, array(connection, "text", rows, row -> row.getKey().type()));
      statement.setArray(4, array(connection, "text", rows, row -> row.getKey().outcome()));
      statement.setArray(5, array(connection, "text", rows, row -> row.getKey().team()));
      statement.setArray(6, array(connection, "text", rows, row -> row.getKey().upstream()));
      statement.setArray(7, array(connection, "bigint", rows, Map.Entry::getValue));
      statement.executeUpdate();
    }
  }

  private static java.sql.Array array(
      Connection connection,
      String type,
      List<Map.Entry<Key, Long>> rows,
      Function<Map.Entry<Key, Long>, @Nullable Object> value)
      throws SQLException {
    return connection.createArrayOf(type, rows.stream().map(value).toArray());
  }
}
