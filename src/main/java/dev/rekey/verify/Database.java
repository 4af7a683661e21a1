package dev.rekey.verify;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;

/** Connects to the database to verify. Never prints its password. */
final class Database {

  private static final String PREFIX = "SPRING_DATASOURCE_";

  private final String url;
  private final Map<String, String> environment;

  /** The environment's variables contain user and password. */
  Database(String url, Map<String, String> environment) {
    this.url = url;
    this.environment = environment;
  }

  /** Opens a read-only connection, which the caller closes. */
  BaseConnection connect() throws SQLException {
    var properties = new Properties();
    set(properties, "user", PREFIX + "USERNAME", "PGUSER");
    set(properties, "password", PREFIX + "PASSWORD", "PGPASSWORD");
    properties.setProperty("ApplicationName", "rekey verify-audit");
    properties.setProperty("tcpKeepAlive", "true");
    var connection = DriverManager.getConnection(url, properties).unwrap(BaseConnection.class);
    try (var statement = connection.createStatement()) {
      // Forces index scans, because a new table has no statistics.
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

  private void set(Properties properties, String property, String variable, String fallback) {
    @Nullable String value = environment.getOrDefault(variable, environment.get(fallback));
    if (value != null) {
      properties.setProperty(property, value);
    }
  }
}
