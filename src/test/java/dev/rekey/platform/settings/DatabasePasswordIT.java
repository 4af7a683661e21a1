package dev.rekey.platform.settings;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.rekey.run.PostgresServer;
import dev.rekey.run.SecretMount;
import jakarta.validation.Validation;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class DatabasePasswordIT {

  private static final String SETTING = "spring.datasource.password";

  @TempDir private Path directory;

  @Test
  void poolGetsOnlyAPasswordThatTheDatabaseAccepts(CapturedOutput log) throws SQLException {
    var mount = new SecretMount(directory);
    mount.put(Map.of(SETTING, "the-one-before"));
    try (var postgres = PostgresServer.start();
        var pool = new HikariDataSource()) {
      postgres.demandPasswords();
      pool.setJdbcUrl(postgres.jdbcUrl());
      pool.setUsername(PostgresServer.SERVICE);
      pool.setPassword("the-one-before");
      var files =
          new ConfigTreeReloader(
              mount.environment(Map.of()),
              Validation.buildDefaultValidatorFactory().getValidator(),
              List.of());
      new DatabasePassword(pool, files);

      mount.put(Map.of(SETTING, "canary-with-a-slip"));
      files.pollNow();
      files.pollNow();

      assertThat(pool.getPassword()).isEqualTo("the-one-before");
      assertThat(log)
          .containsOnlyOnce(
              SETTING
                  + " changed in its files, but its new value is not in use yet: the database does"
                  + " not accept it")
          .doesNotContain("canary");

      mount.put(Map.of(SETTING, PostgresServer.PASSWORD));
      files.pollNow();

      assertThat(pool.getPassword()).isEqualTo(PostgresServer.PASSWORD);
      assertThat(log)
          .containsOnlyOnce(SETTING + " changed in its files, and its new value is in use");
    }
  }
}
