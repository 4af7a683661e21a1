package dev.rekey.bench;

import dev.rekey.run.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/**
 * PostgreSQL's own tools, as a baseline. Where they are not installed (Debian: postgresql-client
 * and postgresql-contrib), the baseline is not measured.
 */
final class Tools {

  private static final Pattern TPS = Pattern.compile("tps = ([0-9.]+)");

  private final PostgresServer postgres;

  Tools(PostgresServer postgres) {
    this.postgres = postgres;
  }

  /** Transactions per second of one query with that many clients. */
  OptionalDouble pgbench(String sql, int clients, Duration time) {
    try {
      Path script = Files.createTempFile("rekey-bench", ".sql");
      Files.writeString(script, sql + ";\n");
      String output =
          run(
              "pgbench",
              "-n",
              "-M",
              "prepared",
              "-c",
              "" + clients,
              "-j",
              "2",
              "-T",
              "" + time.toSeconds(),
              "-f",
              script.toString(),
              PostgresServer.DATABASE);
      Files.delete(script);
      var found = TPS.matcher(output);
      return found.find()
          ? OptionalDouble.of(Double.parseDouble(found.group(1)))
          : OptionalDouble.empty();
    } catch (IOException | UncheckedIOException | IllegalStateException e) {
      return OptionalDouble.empty();
    }
  }

  /** The duration of {@code \copy (query) to file}, in seconds. */
  OptionalDouble copyOut(String sql, Path file) {
    try {
      long start = System.nanoTime();
      run(
          "psql",
          "-q",
          "-d",
          PostgresServer.DATABASE,
          "-c",
          "\\copy (" + sql + ") to '" + file + "'");
      return OptionalDouble.of((System.nanoTime() - start) / 1e9);
    } catch (UncheckedIOException | IllegalStateException e) {
      return OptionalDouble.empty();
    }
  }

  private String run(String... command) {
    return Debian.run(List.of(command), Pgbench.environment(postgres));
  }
}
