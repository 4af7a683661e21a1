package dev.rekey.platform;

import com.zaxxer.hikari.HikariDataSource;
import dev.rekey.platform.SettingFiles.NotYetException;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import javax.sql.DataSource;
import org.springframework.stereotype.Component;

/**
 * Opens new connections with the password that is in the file now, once the database has taken it;
 * those that are open stay.
 */
@Component
class DatabasePassword {

  private static final String WRONG_PASSWORD = "28P01";

  private final HikariDataSource pool;

  DatabasePassword(DataSource database, SettingFiles files) throws SQLException {
    pool = database.unwrap(HikariDataSource.class);
    files.follow("spring.datasource.password", this::take);
  }

  private void take(String password) {
    var properties = new Properties();
    properties.putAll(pool.getDataSourceProperties());
    properties.setProperty("user", pool.getUsername());
    properties.setProperty("password", password);
    try (var _ = DriverManager.getConnection(pool.getJdbcUrl(), properties)) {
      pool.getHikariConfigMXBean().setPassword(password);
    } catch (SQLException e) {
      throw new NotYetException(
          WRONG_PASSWORD.equals(e.getSQLState())
              ? "the database does not take it"
              : "the database could not be asked");
    }
  }
}
