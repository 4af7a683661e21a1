package dev.rekey.platform.settings;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;

/** Connects to the database apart from the pool, so as to see whether a password is right. */
public final class DatabaseLogin {

  /** The SQL state of a password that is not. */
  public static final String WRONG_PASSWORD = "28P01";

  private DatabaseLogin() {}

  /**
   * A connection of its own, to be closed by the caller.
   *
   * @param ofDriver what else the driver is told
   */
  public static Connection open(String url, Map<?, ?> ofDriver, String role, String password)
      throws SQLException {
    var properties = new Properties();
    properties.putAll(ofDriver);
    properties.setProperty("user", role);
    properties.setProperty("password", password);
    return DriverManager.getConnection(url, properties);
  }
}
