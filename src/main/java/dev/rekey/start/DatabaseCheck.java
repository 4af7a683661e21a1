package dev.rekey.start;

import static dev.rekey.start.RequiredProperties.OWNER;
import static dev.rekey.start.RequiredProperties.OWNER_PASSWORD;
import static dev.rekey.start.RequiredProperties.SERVICE;
import static dev.rekey.start.RequiredProperties.SERVICE_PASSWORD;
import static dev.rekey.start.RequiredProperties.URL;

import dev.rekey.platform.settings.DatabasePassword;
import dev.rekey.platform.settings.PropertyException;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Connects as each role, and checks the server and that the schema is migrated. A newer schema is
 * accepted: it serves the previous version too, so that an update can be rolled back.
 */
final class DatabaseCheck {

  /** The newest column that this version needs. */
  static final String NEWEST_COLUMN = "search_text";

  private static final String HAS_NEWEST_COLUMN =
      "select exists (select from pg_attribute where attrelid = to_regclass('credential')"
          + " and attname = '"
          + NEWEST_COLUMN
          + "')";

  private static final String NOTHING_ELSE_IN_SCHEMA =
      """
      select to_regclass('public.flyway_schema_history') is not null or not exists (
        select from (
          select 'pg_class'::regclass as kind, oid, relnamespace as schema from pg_class
          union all select 'pg_proc'::regclass, oid, pronamespace from pg_proc
          union all select 'pg_type'::regclass, oid, typnamespace from pg_type) o
        where o.schema = 'public'::regnamespace and not exists (
          select from pg_depend d
          where d.classid = o.kind and d.objid = o.oid and d.deptype in ('a', 'e', 'i')))
      """;

  private DatabaseCheck() {}

  static void check(Environment environment, Binder binder) {
    Map<String, String> driverProperties =
        binder
            .bind(
                "spring.datasource.hikari.data-source-properties",
                Bindable.mapOf(String.class, String.class))
            .orElse(Map.of());
    boolean migrates = RequiredProperties.migrates(binder);
    try (var connection = open(environment, driverProperties, SERVICE, SERVICE_PASSWORD);
        var second = open(environment, driverProperties, SERVICE, SERVICE_PASSWORD)) {
      PoolerCheck.check(connection, second);
      requireServer(connection);
      if (!migrates) {
        requireMigrated(connection);
      }
    } catch (SQLException e) {
      throw unusable(e);
    }
    if (migrates) {
      checkOwner(environment, driverProperties);
    }
  }

  /** Connects once as the owner of the schema, and checks that it can migrate. */
  static void checkOwner(Environment environment, Map<String, String> driverProperties) {
    try (var connection = open(environment, driverProperties, OWNER, OWNER_PASSWORD)) {
      requireServer(connection);
      require(
          connection,
          NOTHING_ELSE_IN_SCHEMA,
          "has to name an empty database or one of Rekey: the schema public of this one has objects"
              + " of somebody else");
    } catch (SQLException e) {
      throw unusable(e);
    }
  }

  private static void requireServer(Connection connection) throws SQLException {
    require(
        connection,
        "select current_setting('server_version_num')::int >= 150000",
        "has to name a PostgreSQL of version 15 or newer");
    require(
        connection,
        "select current_setting('server_encoding') = 'UTF8'",
        "has to name a database with the encoding UTF8: create it with encoding 'UTF8' template"
            + " template0");
    require(
        connection,
        "select current_schema() is not distinct from 'public'",
        "has to lead to the schema public, which alone Rekey uses: currentSchema, or the role's"
            + " search_path, has another one first");
  }

  private static void require(Connection connection, String condition, String expectation)
      throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery(condition)) {
      if (!row.next() || !row.getBoolean(1)) {
        throw new PropertyException(URL, expectation);
      }
    }
  }

  private static PropertyException unusable(SQLException e) {
    return new PropertyException(URL, "cannot be used: " + oneLine(e));
  }

  private static Connection open(
      Environment environment, Map<String, String> driverProperties, String role, String password) {
    try {
      return DatabasePassword.login(
          environment.getRequiredProperty(URL),
          driverProperties,
          environment.getRequiredProperty(role),
          environment.getRequiredProperty(password));
    } catch (SQLException e) {
      throw refused(e, role, password);
    }
  }

  private static PropertyException refused(SQLException e, String role, String password) {
    String state = String.valueOf(e.getSQLState());
    return switch (state) {
      case DatabasePassword.WRONG ->
          new PropertyException(
              password, "is not accepted by the database for " + PropertyException.variable(role));
      case "28000", "42501" ->
          new PropertyException(role, "is refused by the database: " + oneLine(e));
      case "3D000" -> new PropertyException(URL, "has to name a database that exists");
      case "57P03", "53300" ->
          new PropertyException(
              URL, "names a database that accepts no connections now: " + oneLine(e));
      default ->
          state.startsWith("08")
              ? new PropertyException(URL, "has to name a reachable PostgreSQL: " + oneLine(e))
              : unusable(e);
    };
  }

  private static void requireMigrated(Connection connection) throws SQLException {
    require(
        connection,
        HAS_NEWEST_COLUMN,
        "names a database whose schema is not migrated to this version, and spring.flyway.enabled"
            + " is false: run java -jar rekey.jar migrate first");
  }

  private static String oneLine(SQLException e) {
    String message = String.valueOf(e.getMessage()).strip().replaceAll("\\s*\\R\\s*", " ");
    // The driver quotes a URL that it cannot parse, which may have a password.
    if (message.contains("jdbc:") || message.contains("URL")) {
      return "it " + RequiredProperties.URL_FORM;
    }
    return e.getCause() instanceof UnknownHostException
        ? message + " Its host has no address (unknown host)"
        : message;
  }
}
