package dev.rekey.infrastructure;

import static org.awaitility.Awaitility.await;

import dev.rekey.run.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;

/** A program that a script of {@code src/test/infrastructure} runs in its own directory. */
final class Program implements AutoCloseable {

  private static final Path SCRIPTS = Path.of("src/test/infrastructure").toAbsolutePath();
  private static final Duration UP_WITHIN = Duration.ofSeconds(60);

  private final String script;
  private final Path directory;
  private final int port;
  private final List<String> arguments;
  private Process process;

  private Program(String script, int port, List<String> arguments) {
    this.script = script;
    this.directory = temporary(script);
    this.port = port;
    this.arguments = arguments;
    this.process = launch();
  }

  /** Starts a script on a free port. Returns when the program accepts connections. */
  static Program start(String script, Object... arguments) {
    var program =
        new Program(script, FreePort.find(), Stream.of(arguments).map(String::valueOf).toList());
    program.awaitUp();
    return program;
  }

  /** Runs a script in the directory of this program. Returns when it has succeeded. */
  void run(String otherScript, Object... arguments) {
    try {
      var command = new ArrayList<>(List.of(path(otherScript), directory.toString()));
      Stream.of(arguments).map(String::valueOf).forEach(command::add);
      Process other = launch(command, otherScript);
      if (!other.waitFor(60, TimeUnit.SECONDS) || other.exitValue() != 0) {
        throw new IllegalStateException(otherScript + " failed, see " + log(otherScript));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  int port() {
    return port;
  }

  Path directory() {
    return directory;
  }

  /** Its output of all runs so far. */
  String output() {
    try {
      return Files.readString(log(script));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** SIGKILL to the program and all its children. */
  void kill() {
    Stream.concat(process.descendants(), Stream.of(process.toHandle()))
        .toList()
        .forEach(ProcessHandle::destroyForcibly);
    awaitExit();
  }

  /** Starts it again after {@link #kill}, on the same port. */
  void restart() {
    process = launch();
    awaitUp();
  }

  /** SIGTERM, and SIGKILL to the rest. */
  @Override
  public void close() {
    process.destroy();
    try {
      process.waitFor(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    kill();
    try {
      FileSystemUtils.deleteRecursively(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Process launch() {
    var command = new ArrayList<>(List.of(path(script), directory.toString(), "" + port));
    command.addAll(arguments);
    return launch(command, script);
  }

  private static Process launch(List<String> command, String name) {
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(log(name).toFile()))
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitUp() {
    try {
      await()
          .atMost(UP_WITHIN)
          .pollInterval(Duration.ofMillis(50))
          .failFast(script + " ended, see " + log(script), () -> !process.isAlive())
          .until(() -> FreePort.isTaken(port));
    } catch (RuntimeException e) {
      kill();
      throw e;
    }
  }

  private void awaitExit() {
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String path(String script) {
    return SCRIPTS.resolve(script).toString();
  }

  /** A file next to the jar, so that it is kept when a test has failed. */
  static Path log(String name) {
    try {
      Path logs = Path.of(System.getProperty("rekey.jar")).resolveSibling("infrastructure");
      return Files.createDirectories(logs).resolve(name + ".log");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // Not next to the jar: nobody can use it only if all its parents are open to everyone.
  private static Path temporary(String name) {
    try {
      return Files.createTempDirectory("rekey-" + name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
