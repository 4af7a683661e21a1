package dev.rekey.start;

import dev.rekey.platform.settings.PropertyException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Set;
import java.util.UUID;
import org.postgresql.PGConnection;
import org.postgresql.PGStatement;

/**
 * Refuses a pooler that gives each transaction to any session of PostgreSQL, but does not carry
 * prepared statements along: other statements would run under the driver's names.
 */
final class PoolerCheck {

  /** A pooler may by chance choose the same session again. */
  private static final int TRANSACTIONS = 5;

  /** The statement does not exist, has other parameters, exists already, or has no result. */
  private static final Set<String> ANOTHER_STATEMENT = Set.of("26000", "08P01", "42P05", "02000");

  private PoolerCheck() {}

  /** Needs two new connections with the same settings, and leaves transactions open on them. */
  static void check(Connection connection, Connection other) throws SQLException {
    if (connection.unwrap(PGConnection.class).getPrepareThreshold() == 0) {
      // The driver names no statement.
      return;
    }
    connection.setAutoCommit(false);
    other.setAutoCommit(false);
    String mark = UUID.randomUUID().toString();
    try (var statement = connection.prepareStatement("select '" + mark + "'");
        var occupying = other.createStatement()) {
      statement.unwrap(PGStatement.class).setPrepareThreshold(1);
      for (int i = 0; i < TRANSACTIONS; i++) {
        requireMark(statement, mark);
        connection.commit();
        // Most poolers give it the session that was used last, so that the next transaction of the
        // first connection gets another one.
        other.rollback();
        occupying.execute("select 1");
      }
    } catch (SQLException e) {
      if (ANOTHER_STATEMENT.contains(String.valueOf(e.getSQLState()))) {
        throw unsuitable();
      }
      throw e;
    }
  }

  private static void requireMark(PreparedStatement statement, String mark) throws SQLException {
    try (var row = statement.executeQuery()) {
      if (!row.next() || !mark.equals(row.getString(1))) {
        throw unsuitable();
      }
    }
  }

  private static PropertyException unsuitable() {
    return new PropertyException(
        RequiredProperties.URL,
        "leads to a pooler that mixes up prepared statements: add prepareThreshold=0 to the URL, or"
            + " set max_prepared_statements or pool_mode=session in PgBouncer"
            + " (docs/configuration.md)");
  }
}
