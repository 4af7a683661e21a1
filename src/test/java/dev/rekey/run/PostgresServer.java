package dev.rekey.run;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.datasource.init.ScriptException;
import org.springframework.jdbc.datasource.init.ScriptUtils;

/**
 * A real PostgreSQL with an empty database and Rekey's two roles. This class alone chooses its
 * source: a container if a Docker engine responds and has or pulls the image, otherwise binaries
 * that Maven resolved. {@code -Drekey.test.postgres=embedded} or {@code container} forces either,
 * and {@code -Ppostgres-15} chooses another version of both.
 */
public abstract class PostgresServer implements AutoCloseable {

  public static final String DATABASE = "rekey";
  public static final String OWNER = "rekey_owner";
  public static final String SERVICE = "rekey_service";
  public static final String PASSWORD = "for-the-sandbox-only";

  static final String MAJOR = "postgres.major";

  /** The major version that the build chose. */
  static final String VERSION = System.getProperty(MAJOR, "18");

  private static final Logger log = LoggerFactory.getLogger(PostgresServer.class);

  /** Starts the server for tests. Returns when it accepts connections. */
  public static PostgresServer start() {
    return switch (System.getProperty("rekey.test.postgres", "")) {
      case "container" -> prepared(new ContainerPostgres());
      case "embedded" -> startEmbedded();
      default ->
          ContainerEngine.find()
              .map(engine -> start(engine, ContainerPostgres::new))
              .orElseGet(PostgresServer::startEmbedded);
    };
  }

  /** Starts the embedded binaries if the engine cannot run the container, and says why. */
  static PostgresServer start(ContainerEngine engine, Supplier<PostgresServer> container) {
    String obstacle = engine.pull(ContainerEngine.imagesFor(ContainerPostgres.IMAGE));
    if (obstacle == null) {
      try {
        return prepared(container.get());
      } catch (RuntimeException e) {
        obstacle = String.valueOf(e.getMessage()).replaceAll("\\s*\\R\\s*", " ");
      }
    }
    log.warn("The container engine is not used, because {}", obstacle);
    return startEmbedded();
  }

  /** Starts a server that needs only Maven. Returns when it accepts connections. */
  public static PostgresServer startEmbedded() {
    return prepared(new EmbeddedServer(Map.of("fsync", "off")));
  }

  /**
   * Same, but a commit is on the disk before it returns, as in production. The server writes its
   * log as JSON to files in the directory.
   */
  public static PostgresServer startDurable(Path logs) {
    return prepared(
        new EmbeddedServer(
            Map.of(
                "fsync", "on",
                "synchronous_commit", "on",
                "logging_collector", "on",
                "log_destination", "jsonlog",
                "log_directory", logs.toAbsolutePath().toString())));
  }

  /** Adds the roles and the database to a new server. Stops it if that fails. */
  protected static PostgresServer prepared(PostgresServer server) {
    try {
      server.createTestFunction();
      server.createRolesAndDatabase();
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
    log.info("PostgreSQL is served by {}", server.describe());
    return server;
  }

  protected abstract String describe();

  public abstract int port();

  protected abstract String superuser();

  /** Shuts the server down as a crash would, and keeps its data. */
  public abstract void stop();

  /** Restarts the stopped server on the same port. */
  public abstract void restart();

  @Override
  public abstract void close();

  public final String jdbcUrl() {
    return jdbcUrl(DATABASE);
  }

  public final String jdbcUrl(String database) {
    return "jdbc:postgresql://localhost:" + port() + "/" + database;
  }

  /** Opens a connection that the caller must close. */
  public final Connection connect(String role) throws SQLException {
    return DriverManager.getConnection(jdbcUrl(), role, PASSWORD);
  }

  /** Opens a connection as superuser. The caller must close it. */
  public final Connection connectAsSuperuser() throws SQLException {
    return connectAsSuperuser(DATABASE);
  }

  /** Runs one statement as superuser. */
  public final void execute(String sql) {
    try (Connection connection = connectAsSuperuser();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Runs a query of one value as superuser. Returns it as text. */
  public final String text(String sql) {
    try (Connection connection = connectAsSuperuser();
        var statement = connection.createStatement();
        var row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A pool of the superuser's connections. The caller must close it. */
  public final HikariDataSource superusers() {
    var config = new HikariConfig();
    config.setJdbcUrl(jdbcUrl());
    config.setUsername(superuser());
    config.setPassword(PASSWORD);
    config.setMinimumIdle(0);
    return new HikariDataSource(config);
  }

  /** Opens a connection as superuser to another database. The caller must close it. */
  public final Connection connectAsSuperuser(String database) throws SQLException {
    return DriverManager.getConnection(jdbcUrl(database), superuser(), PASSWORD);
  }

  /**
   * Deletes all rows that a running Rekey has written, the history included, but not the list of
   * scanned subjects, which it writes at its start. Rekey goes on as on a new database.
   */
  public final void empty() {
    // Jobs that run meanwhile take locks in another order.
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .ignoreExceptionsInstanceOf(ScriptException.class)
        .until(this::emptied);
  }

  private boolean emptied() throws SQLException {
    try (var connection = connectAsSuperuser()) {
      connection.setAutoCommit(false);
      ScriptUtils.executeSqlScript(connection, new ClassPathResource("empty.sql"));
      connection.commit();
      return true;
    }
  }

  /**
   * Requires the right password from everyone but the superuser. The embedded binaries trust
   * everyone by default.
   */
  public final void demandPasswords() {
    try (var connection = connectAsSuperuser();
        var statement = connection.createStatement()) {
      String file;
      try (var row = statement.executeQuery("show hba_file")) {
        row.next();
        file = row.getString(1);
      }
      statement.execute(
          "copy (values ('host all %s all trust'), ('host all all all scram-sha-256')) to '%s'"
              .formatted(superuser(), file));
      statement.execute("select pg_reload_conf()");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    Awaitility.await().until(() -> refuses("not-the-password"));
  }

  private boolean refuses(String password) {
    try (var _ = DriverManager.getConnection(jdbcUrl(), SERVICE, password)) {
      return false;
    } catch (SQLException e) {
      return true;
    }
  }

  /**
   * Adds a function for test data to every database: {@code uuidv7()} is new in PostgreSQL 18. Its
   * name differs, so that Rekey itself cannot use it.
   */
  private void createTestFunction() {
    try (var connection = connectAsSuperuser("template1");
        var statement = connection.createStatement()) {
      statement.execute(
          """
          create function pg_catalog.test_uuidv7() returns uuid language sql volatile as $$
            select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) placing
              substring(int8send(floor(extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
              from 1 for 6), 52, 1), 53, 1), 'hex')::uuid
          $$
          """);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void createRolesAndDatabase() {
    try (var connection = DriverManager.getConnection(jdbcUrl("postgres"), superuser(), PASSWORD);
        var statement = connection.createStatement()) {
      // Same as in the compose file.
      ScriptUtils.executeSqlScript(connection, new ClassPathResource("db/roles.sql"));
      for (String role : new String[] {OWNER, SERVICE}) {
        statement.execute("alter role " + role + " password '" + PASSWORD + "'");
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
