package dev.rekey.start;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekey.RekeyIT;
import dev.rekey.platform.settings.PropertyException;
import dev.rekey.run.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGStatement;

/** The driver's prepared statements behind a pooler that mixes up the sessions, and without one. */
class PoolerCheckIT extends RekeyIT {

  @Test
  void poolerWithoutPreparedStatementsIsRefused() throws Exception {
    try (var pooler = SwappingPooler.start(postgres().port());
        var connection = connect(pooler.url(PostgresServer.DATABASE));
        var other = connect(pooler.url(PostgresServer.DATABASE))) {
      assertRefused(connection, other);
    }
  }

  /** The other session has another statement under the same name. */
  @ParameterizedTest
  @ValueSource(
      strings = {"select 'somebody''s'", "select 1 where false", "select ?::int", "do 'begin end'"})
  void poolerThatRunsAnotherStatementIsRefused(String sql) throws Exception {
    try (var pooler = SwappingPooler.start(postgres().port());
        var connection = connect(pooler.url(PostgresServer.DATABASE));
        var other = connect(pooler.url(PostgresServer.DATABASE))) {
      other.setAutoCommit(false);
      prepare(other, sql);

      assertRefused(connection, other);
    }
  }

  @Test
  void driverThatPreparesNothingIsAccepted() throws Exception {
    try (var pooler = SwappingPooler.start(postgres().port())) {
      String url = pooler.url(PostgresServer.DATABASE) + "&prepareThreshold=0";
      try (var connection = connect(url);
          var other = connect(url)) {
        assertThatCode(() -> PoolerCheck.check(connection, other)).doesNotThrowAnyException();
      }
    }
  }

  @Test
  void sessionsWithoutAPoolerAreAccepted() throws SQLException {
    try (var connection = connect(postgres().jdbcUrl());
        var other = connect(postgres().jdbcUrl())) {
      assertThatCode(() -> PoolerCheck.check(connection, other)).doesNotThrowAnyException();
    }
  }

  private static void assertRefused(Connection connection, Connection other) {
    assertThatThrownBy(() -> PoolerCheck.check(connection, other))
        .isInstanceOf(PropertyException.class)
        .hasMessageStartingWith("SPRING_DATASOURCE_URL")
        .hasMessageContaining("add prepareThreshold=0 to the URL")
        .message()
        .hasLineCount(1);
  }

  private static void prepare(Connection connection, String sql) throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      if (sql.contains("?")) {
        statement.setInt(1, 1);
      }
      statement.unwrap(PGStatement.class).setPrepareThreshold(1);
      statement.execute();
    }
    connection.commit();
  }

  private static Connection connect(String url) throws SQLException {
    return DriverManager.getConnection(url, PostgresServer.SERVICE, PostgresServer.PASSWORD);
  }
}
