package dev.rekey.verify;

import dev.rekey.run.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.flywaydb.core.Flyway;

/** A database of its own beside the tests' one, for things that could not be put right again. */
final class Scratch implements AutoCloseable {

  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final PostgresServer server;
  private final String name;

  private Scratch(PostgresServer server) {
    this.server = server;
    this.name = "scratch_" + NUMBER.incrementAndGet();
    administer("create database " + name + " owner " + PostgresServer.OWNER);
  }

  /** With Rekey's schema, and nothing in it. */
  static Scratch migrated(PostgresServer server) {
    var scratch = new Scratch(server);
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

  /** As somebody whom neither privileges nor triggers stop; to be closed by the caller. */
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

  private void administer(String sql) {
    try (var connection = server.connectAsSuperuser();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    administer("drop database " + name + " with (force)");
  }
}
