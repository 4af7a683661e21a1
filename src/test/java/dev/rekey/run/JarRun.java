package dev.rekey.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The jar that was built, as it is run, until it ended by itself.
 *
 * @param said its lines, but blank ones
 */
public record JarRun(int exit, List<String> said) {

  /** With these environment variables and no others. */
  public static JarRun with(Map<String, String> environment, String... arguments) {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                RekeyProcess.QUICK,
                "--enable-native-access=ALL-UNNAMED",
                "-jar",
                System.getProperty("rekey.jar")));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().retainAll(List.of("PATH", "HOME", "LANG"));
    builder.environment().putAll(environment);
    try {
      Path output = Files.createTempFile("rekey-run", ".log");
      Process process = builder.redirectOutput(output.toFile()).start();
      if (!process.waitFor(2, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new IllegalStateException("Rekey did not end by itself");
      }
      var lines = Files.readAllLines(output).stream().filter(line -> !line.isBlank()).toList();
      Files.delete(output);
      return new JarRun(process.exitValue(), lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
