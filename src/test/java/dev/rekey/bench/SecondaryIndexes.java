package dev.rekey.bench;

import dev.rekey.run.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The indexes of the history except its primary key. A bulk load creates them at its end. */
final class SecondaryIndexes {

  private static final String DEFINITIONS =
      "select indexdef from pg_indexes where tablename = 'audit_event'"
          + " and indexname <> 'audit_event_pkey' order by indexname";

  private final PostgresServer postgres;
  private final List<String> definitions;

  SecondaryIndexes(PostgresServer postgres) {
    this.postgres = postgres;
    this.definitions = definitions(postgres);
  }

  private static List<String> definitions(PostgresServer postgres) {
    try (Connection connection = postgres.connectAsSuperuser();
        var rows = connection.createStatement().executeQuery(DEFINITIONS)) {
      var definitions = new ArrayList<String>();
      while (rows.next()) {
        definitions.add(rows.getString(1).replace(" ON ONLY ", " ON "));
      }
      return definitions;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  void drop() {
    definitions.forEach(index -> postgres.execute("drop index " + name(index)));
  }

  private static String name(String definition) {
    return definition.split(" ", -1)[2];
  }

  /** Creates the indexes that {@link #drop} has dropped. */
  void create() {
    definitions.forEach(postgres::execute);
  }
}
