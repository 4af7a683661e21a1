package dev.rekey.verify;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.springframework.jdbc.core.ResultSetExtractor;

/** Connects to the database to verify, and queries it. Never prints its password. */
final class Database {

  // Forces index scans, because a new table has no statistics.
  private static final String SETTINGS =
      "-c default_transaction_read_only=on -c search_path=pg_catalog,public -c row_security=off"
          + " -c enable_seqscan=off -c max_parallel_workers_per_gather=0 -c jit=off";

  private Database() {}

  /** Opens a read-only connection; the environment's variables contain user and password. */
  static BaseConnection connect(String url, Map<String, String> environment) throws SQLException {
    var properties = new Properties();
    set(properties, "user", environment, "SPRING_DATASOURCE_USERNAME", "PGUSER");
    set(properties, "password", environment, "SPRING_DATASOURCE_PASSWORD", "PGPASSWORD");
    properties.setProperty("ApplicationName", "rekey verify-audit");
    properties.setProperty("tcpKeepAlive", "true");
    // Not by "set", which a pooler would leave to the sessions of the service.
    properties.setProperty("options", SETTINGS);
    return DriverManager.getConnection(url, properties).unwrap(BaseConnection.class);
  }

  private static void set(
      Properties properties,
      String property,
      Map<String, String> environment,
      String variable,
      String fallback) {
    @Nullable String value = environment.getOrDefault(variable, environment.get(fallback));
    if (value != null) {
      properties.setProperty(property, value);
    }
  }

  static <T extends @Nullable Object> T query(
      Connection connection,
      String query,
      ResultSetExtractor<T> reader,
      @Nullable Object... parameters)
      throws SQLException {
    try (var statement = connection.prepareStatement(query)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      try (var rows = statement.executeQuery()) {
        return reader.extractData(rows);
      }
    }
  }
}
