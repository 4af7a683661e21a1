package dev.rekey.verify;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;

/** The database whose chain is verified. Never prints its password. */
final class Database {

  private static final String FIRST = "SPRING_DATASOURCE_";

  private final String url;
  private final Map<String, String> environment;

  /**
   * @param environment has user and password
   */
  Database(String url, Map<String, String> environment) {
    this.url = url;
    this.environment = environment;
  }

  /** To be closed by the caller. */
  BaseConnection connect() throws SQLException {
    var properties = new Properties();
    set(properties, "user", FIRST + "USERNAME", "PGUSER");
    set(properties, "password", FIRST + "PASSWORD", "PGPASSWORD");
    properties.setProperty("ApplicationName", "rekey verify-audit");
    properties.setProperty("tcpKeepAlive", "true");
    var connection = DriverManager.getConnection(url, properties).unwrap(BaseConnection.class);
    try (var statement = connection.createStatement()) {
      // Plans that read by the index in any case: on a table just filled there are no statistics.
      statement.execute(
          """
          set default_transaction_read_only = on;
          set search_path = pg_catalog, public;
          set row_security = off;
          set enable_seqscan = off;
          set max_parallel_workers_per_gather = 0;
          set jit = off
          """);
    }
    return connection;
  }

  private void set(Properties properties, String property, String variable, String other) {
    @Nullable String value = environment.getOrDefault(variable, environment.get(other));
    if (value != null) {
      properties.setProperty(property, value);
    }
  }
}
