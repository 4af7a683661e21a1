package dev.rekey.platform.settings;

import com.zaxxer.hikari.HikariDataSource;
import dev.rekey.platform.settings.ConfigTreeReloader.NotYetException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import javax.sql.DataSource;
import org.springframework.stereotype.Component;

/**
 * Gives the pool the password from its file once a login with it has succeeded. Open connections
 * stay open.
 */
@Component
public class DatabasePassword {

  /** The SQL state of a wrong password. */
  public static final String WRONG = "28P01";

  private final HikariDataSource pool;

  DatabasePassword(DataSource database, ConfigTreeReloader files) throws SQLException {
    pool = database.unwrap(HikariDataSource.class);
    files.subscribe("spring.datasource.password", this::use);
  }

  private void use(String password) {
    try (var _ =
        login(pool.getJdbcUrl(), pool.getDataSourceProperties(), pool.getUsername(), password)) {
      pool.getHikariConfigMXBean().setPassword(password);
    } catch (SQLException e) {
      throw new NotYetException(
          WRONG.equals(e.getSQLState())
              ? "the database does not accept it"
              : "the database is unreachable");
    }
  }

  /** Opens a connection without the pool, which the caller closes. */
  public static Connection login(
      String url, Map<?, ?> driverProperties, String role, String password) throws SQLException {
    var properties = new Properties();
    properties.putAll(driverProperties);
    properties.setProperty("user", role);
    properties.setProperty("password", password);
    return DriverManager.getConnection(url, properties);
  }
}
