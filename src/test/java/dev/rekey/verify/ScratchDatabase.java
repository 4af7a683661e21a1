package dev.rekey.verify;

import dev.rekey.run.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.flywaydb.core.Flyway;

/** A separate database for tests that change it irreversibly. */
final class ScratchDatabase implements AutoCloseable {

  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final PostgresServer server;
  private final String name;

  private ScratchDatabase(PostgresServer server) {
    this.server = server;
    this.name = "scratch_" + NUMBER.incrementAndGet();
    execute("create database " + name + " owner " + PostgresServer.OWNER);
  }

  /** Creates a database with Rekey's schema and no rows. */
  static ScratchDatabase migrated(PostgresServer server) {
    var scratch = new ScratchDatabase(server);
    Flyway.configure()
        .dataSource(scratch.url(), PostgresServer.OWNER, PostgresServer.PASSWORD)
        .placeholders(Map.of("serviceRole", PostgresServer.SERVICE))
        .load()
        .migrate();
    return scratch;
  }

  String url() {
    return server.jdbcUrl(name);
  }

  /** Connects as a superuser without triggers; the caller closes the connection. */
  Connection connect() {
    try {
      Connection connection = server.connectAsSuperuser(name);
      try (var statement = connection.createStatement()) {
        statement.execute("set session_replication_role = replica");
      }
      return connection;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void execute(String sql) {
    try (var connection = server.connectAsSuperuser();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    execute("drop database " + name + " with (force)");
  }
}
