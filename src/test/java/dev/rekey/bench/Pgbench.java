package dev.rekey.bench;

import dev.rekey.run.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;

/** Runs scripts with PostgreSQL's {@code pgbench} and prepared statements, as Rekey's role. */
final class Pgbench {

  private final String program;
  private final PostgresServer postgres;

  Pgbench(String program, PostgresServer postgres) {
    this.program = program;
    this.postgres = postgres;
  }

  /**
   * A script.
   *
   * @param variables constants that it uses
   */
  record Script(Path file, Map<String, String> variables) {}

  /** Runs the script once. Throws if PostgreSQL refuses a statement. */
  void check(Script script) {
    Debian.run(command(script, List.of("-c", "1", "-t", "1")), environment(postgres));
  }

  /** Runs the script again and again, with that many clients. */
  Load run(Script script, int clients, Duration time) {
    try {
      Path logs = Files.createTempDirectory("rekey-pgbench");
      long start = System.nanoTime();
      Debian.run(
          command(
              script,
              List.of(
                  "-c",
                  Integer.toString(clients),
                  "-j",
                  "1",
                  "-T",
                  Long.toString(time.toSeconds()),
                  "-l",
                  "--log-prefix=" + logs.resolve("log"))),
          environment(postgres));
      double seconds = Math.min((System.nanoTime() - start) / 1e9, time.toSeconds() + 0.1);
      long[] micros = micros(logs);
      FileSystemUtils.deleteRecursively(logs);
      return new Load(micros.length, seconds, percentile(micros, 50), percentile(micros, 99), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> command(Script script, List<String> options) {
    var command = new ArrayList<>(List.of(program, "-n", "-M", "prepared"));
    command.addAll(options);
    script.variables().forEach((name, value) -> command.addAll(List.of("-D", name + "=" + value)));
    command.addAll(List.of("-f", script.file().toString(), PostgresServer.DATABASE));
    return command;
  }

  /** The variables that connect PostgreSQL's programs to a server, as Rekey's role. */
  static Map<String, String> environment(PostgresServer postgres) {
    return Map.of(
        "PGHOST",
        "localhost",
        "PGPORT",
        Integer.toString(postgres.port()),
        "PGUSER",
        PostgresServer.SERVICE,
        "PGPASSWORD",
        PostgresServer.PASSWORD);
  }

  /** The third column of a log has a transaction's time in microseconds. */
  private static long[] micros(Path logs) throws IOException {
    try (Stream<Path> files = Files.list(logs)) {
      return files
          .flatMap(Pgbench::lines)
          .mapToLong(line -> Long.parseLong(line.split(" ", 4)[2]))
          .sorted()
          .toArray();
    }
  }

  private static Stream<String> lines(Path file) {
    try {
      return Files.readAllLines(file).stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static double percentile(long[] sorted, int percent) {
    return sorted.length == 0
        ? Double.NaN
        : sorted[(int) ((sorted.length - 1L) * percent / 100)] / 1e3;
  }
}
