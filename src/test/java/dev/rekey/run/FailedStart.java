package dev.rekey.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A Rekey that was meant not to start, as it runs in production.
 *
 * @param said what it said, but that it is about to start
 */
public record FailedStart(int exit, List<String> said) {

  /** Returns when it has ended. */
  public static FailedStart with(Map<String, String> properties) {
    var builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                RekeyProcess.QUICK,
                "--enable-native-access=ALL-UNNAMED",
                "-jar",
                System.getProperty("rekey.jar"))
            .redirectErrorStream(true);
    builder.environment().keySet().retainAll(List.of("PATH", "HOME", "LANG"));
    properties.forEach(
        (name, value) -> builder.environment().put(RekeyProcess.variable(name), value));
    builder.environment().put("SERVER_PORT", "0");
    builder.environment().put("MANAGEMENT_SERVER_PORT", "0");
    try {
      Path output = Files.createTempFile("rekey-failed-start", ".log");
      Process process = builder.redirectOutput(output.toFile()).start();
      if (!process.waitFor(2, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new IllegalStateException("Rekey did not end by itself");
      }
      var lines = Files.readAllLines(output).stream().filter(FailedStart::says).toList();
      Files.delete(output);
      return new FailedStart(process.exitValue(), lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static boolean says(String line) {
    return !line.isBlank() && !line.contains(" INFO ") && !line.contains("This is a sandbox");
  }
}
