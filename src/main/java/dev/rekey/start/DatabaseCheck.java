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
 * Connects once as each role, and checks that the schema is migrated. A newer schema is accepted:
 * it serves the previous version too, so that an update can be rolled back.
 */
final class DatabaseCheck {

  /** The newest column that this version needs. */
  static final String NEWEST_COLUMN = "search_text";

  private static final String HAS_COLUMN =
      "select exists (select from pg_attribute"
          + " where attrelid = to_regclass('credential') and attname = ?)";

  private DatabaseCheck() {}

  static void check(Environment environment, Binder binder) {
    Map<String, String> driverProperties =
        binder
            .bind(
                "spring.datasource.hikari.data-source-properties",
                Bindable.mapOf(String.class, String.class))
            .orElse(Map.of());
    boolean migrates = RequiredProperties.migrates(binder);
    try (var connection = open(environment, driverProperties, SERVICE, SERVICE_PASSWORD)) {
      if (!migrates) {
        requireSchema(connection);
      }
    } catch (SQLException e) {
      throw unusable(e);
    }
    if (migrates) {
      checkOwner(environment, driverProperties);
    }
  }

  /** Connects once as the owner of the schema. */
  static void checkOwner(Environment environment, Map<String, String> driverProperties) {
    try {
      open(environment, driverProperties, OWNER, OWNER_PASSWORD).close();
    } catch (SQLException e) {
      throw unusable(e);
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

  private static void requireSchema(Connection connection) throws SQLException {
    try (var statement = connection.prepareStatement(HAS_COLUMN)) {
      statement.setString(1, NEWEST_COLUMN);
      try (var row = statement.executeQuery()) {
        if (!row.next() || !row.getBoolean(1)) {
          throw new PropertyException(
              URL,
              "names a database whose schema is not migrated to this version, and"
                  + " spring.flyway.enabled is false: run java -jar rekey.jar migrate first");
        }
      }
    }
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
