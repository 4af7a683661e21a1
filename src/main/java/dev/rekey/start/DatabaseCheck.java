package dev.rekey.start;

import dev.rekey.platform.settings.DatabaseLogin;
import dev.rekey.platform.settings.PropertyException;
import dev.rekey.platform.settings.PropertyName;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Connects once as each role, and looks whether the schema is there. One that is newer than this
 * version is none of its business: every schema serves the version before, so that an update can be
 * taken back.
 */
final class DatabaseCheck {

  /** What came last of all that this version asks for. */
  static final String NEWEST_COLUMN = "search_text";

  private static final String HAS_COLUMN =
      "select exists (select from pg_attribute"
          + " where attrelid = to_regclass('credential') and attname = ?)";

  private static final String URL = RequiredSettings.URL;

  private DatabaseCheck() {}

  static void check(Environment settings, Binder binder) {
    Map<String, String> ofDriver =
        binder
            .bind(
                "spring.datasource.hikari.data-source-properties",
                Bindable.mapOf(String.class, String.class))
            .orElse(Map.of());
    String service = RequiredSettings.SERVICE;
    try (var connection = open(settings, ofDriver, service, RequiredSettings.SERVICE_PASSWORD)) {
      if (!RequiredSettings.migrates(binder)) {
        demandSchema(connection);
      }
    } catch (SQLException e) {
      throw new PropertyException(URL, "cannot be used: " + oneLine(e));
    }
    if (RequiredSettings.migrates(binder)) {
      checkOwner(settings, ofDriver);
    }
  }

  /** Connects once as the owner of the schema. */
  static void checkOwner(Environment settings) {
    checkOwner(settings, Map.of());
  }

  private static void checkOwner(Environment settings, Map<String, String> ofDriver) {
    String owner = RequiredSettings.OWNER;
    try (var connection = open(settings, ofDriver, owner, RequiredSettings.OWNER_PASSWORD)) {
      connection.isValid(0);
    } catch (SQLException e) {
      throw new PropertyException(URL, "cannot be used: " + oneLine(e));
    }
  }

  private static Connection open(
      Environment settings, Map<String, String> ofDriver, String role, String password) {
    try {
      return DatabaseLogin.open(
          settings.getRequiredProperty(URL),
          ofDriver,
          settings.getRequiredProperty(role),
          settings.getRequiredProperty(password));
    } catch (SQLException e) {
      throw refused(e, role, password);
    }
  }

  private static PropertyException refused(SQLException e, String role, String password) {
    String state = String.valueOf(e.getSQLState());
    return switch (state) {
      case DatabaseLogin.WRONG_PASSWORD ->
          new PropertyException(
              password, "is not what the database takes from " + PropertyName.variable(role));
      case "28000", "42501" ->
          new PropertyException(role, "is refused by the database: " + oneLine(e));
      case "3D000" -> new PropertyException(URL, "has to name a database that exists");
      case "57P03", "53300" ->
          new PropertyException(URL, "names a database that takes nobody now: " + oneLine(e));
      default ->
          state.startsWith("08")
              ? new PropertyException(
                  URL, "has to name a PostgreSQL that can be reached: " + oneLine(e))
              : new PropertyException(URL, "cannot be used: " + oneLine(e));
    };
  }

  private static void demandSchema(Connection connection) throws SQLException {
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
    // The driver quotes a URL that it cannot read, which may hold a password.
    if (message.contains("jdbc:") || message.contains("URL")) {
      return "it " + RequiredSettings.URL_FORM;
    }
    return e.getCause() instanceof UnknownHostException
        ? message + " Its host has no address (unknown host)"
        : message;
  }
}
