package dev.rekey.platform.settings;

import com.zaxxer.hikari.HikariDataSource;
import dev.rekey.platform.settings.ConfigTreeReloader.NotYetException;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.stereotype.Component;

/**
 * Opens new connections with the password that is in the file now, once the database has taken it;
 * those that are open stay.
 */
@Component
class DatabasePassword {

  private final HikariDataSource pool;

  DatabasePassword(DataSource database, ConfigTreeReloader files) throws SQLException {
    pool = database.unwrap(HikariDataSource.class);
    files.follow("spring.datasource.password", this::take);
  }

  private void take(String password) {
    try (var _ =
        DatabaseLogin.open(
            pool.getJdbcUrl(), pool.getDataSourceProperties(), pool.getUsername(), password)) {
      pool.getHikariConfigMXBean().setPassword(password);
    } catch (SQLException e) {
      throw new NotYetException(
          DatabaseLogin.WRONG_PASSWORD.equals(e.getSQLState())
              ? "the database does not take it"
              : "the database could not be asked");
    }
  }
}
