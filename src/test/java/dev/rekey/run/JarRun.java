package dev.rekey.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A run of the built jar that has exited.
 *
 * @param said its output lines, without blank ones
 */
public record JarRun(int exit, List<String> said) {

  /** Runs the jar with exactly these environment variables. Fails on timeout. */
  public static JarRun within(Duration most, Map<String, String> environment, String... arguments) {
    var all = new ArrayList<>(ExtractedJar.arguments(List.of()));
    all.addAll(List.of(arguments));
    var builder = Java.with(all, environment).redirectErrorStream(true);
    try {
      Path output = Files.createTempFile("rekey-run", ".log");
      Process process = builder.redirectOutput(output.toFile()).start();
      if (!process.waitFor(most)) {
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
