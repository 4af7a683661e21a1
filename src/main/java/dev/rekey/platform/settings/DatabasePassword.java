package dev.rekey.platform.settings;

import com.zaxxer.hikari.HikariDataSource;
import dev.rekey.platform.settings.ConfigTreeReloader.NotYetException;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.stereotype.Component;

/**
 * Gives the pool the password from its file once a login with it has succeeded. Open connections
 * stay open.
 */
@Component
class DatabasePassword {

  private final HikariDataSource pool;

  DatabasePassword(DataSource database, ConfigTreeReloader files) throws SQLException {
    pool = database.unwrap(HikariDataSource.class);
    files.subscribe("spring.datasource.password", this::use);
  }

  private void use(String password) {
    try (var _ =
        DatabaseLogin.open(
            pool.getJdbcUrl(), pool.getDataSourceProperties(), pool.getUsername(), password)) {
      pool.getHikariConfigMXBean().setPassword(password);
    } catch (SQLException e) {
      throw new NotYetException(
          DatabaseLogin.WRONG_PASSWORD.equals(e.getSQLState())
              ? "the database does not accept it"
              : "the database is unreachable");
    }
  }
}
