package dev.rekey.platform;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.stereotype.Component;

/** Opens new connections with the password that is in the file now; those that are open stay. */
@Component
class DatabasePassword {

  DatabasePassword(DataSource database, SettingFiles files) throws SQLException {
    var pool = database.unwrap(HikariDataSource.class);
    files.follow("spring.datasource.password", pool.getHikariConfigMXBean()::setPassword);
  }
}
