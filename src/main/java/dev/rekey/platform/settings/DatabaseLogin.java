package dev.rekey.platform.settings;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;

/** Connects to the database without the pool, to verify a password. */
public final class DatabaseLogin {

  /** The SQL state of a wrong password. */
  public static final String WRONG_PASSWORD = "28P01";

  private DatabaseLogin() {}

  /**
   * Opens a connection, which the caller closes.
   *
   * @param driverProperties further properties of the driver
   */
  public static Connection open(
      String url, Map<?, ?> driverProperties, String role, String password) throws SQLException {
    var properties = new Properties();
    properties.putAll(driverProperties);
    properties.setProperty("user", role);
    properties.setProperty("password", password);
    return DriverManager.getConnection(url, properties);
  }
}
