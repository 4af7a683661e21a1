package dev.rekey.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.FileSystemResource;
import org.springframework.jdbc.datasource.init.ScriptUtils;

/**
 * Sample history from before the sandbox was started, and two dead letters, as in the compose file.
 */
final class SampleHistory {

  private static final Path SCRIPT = Path.of("src", "main", "docker", "examples.sql");

  private SampleHistory() {}

  static void insert(PostgresServer postgres) {
    try (var connection = postgres.connect(PostgresServer.SERVICE)) {
      String script =
          new FileSystemResource(SCRIPT)
              .getContentAsString(StandardCharsets.UTF_8)
              // Also on a PostgreSQL before version 18.
              .replace("uuidv7()", "test_uuidv7()");
      ScriptUtils.executeSqlScript(
          connection, new ByteArrayResource(script.getBytes(StandardCharsets.UTF_8)));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
