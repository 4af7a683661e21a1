package dev.rekey.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.util.FileSystemUtils;

/**
 * The built jar, with its libraries next to it as in the image. Starts in two thirds of the time
 * that the packed one takes.
 */
final class ExtractedJar {

  private static final Path JAR = extract(Path.of(System.getProperty("rekey.jar")));

  private ExtractedJar() {}

  static Path path() {
    return JAR;
  }

  private static Path extract(Path jar) {
    try {
      Path directory = Files.createTempDirectory("rekey-extracted");
      SpringApplication.getShutdownHandlers().add(() -> delete(directory));
      Process process =
          Java.with(
                  List.of(
                      "-Djarmode=tools",
                      "-jar",
                      jar.toString(),
                      "extract",
                      "--force",
                      "--destination",
                      directory.toString()),
                  Map.of())
              .start();
      if (!process.waitFor(Duration.ofMinutes(1)) || process.exitValue() != 0) {
        throw new IllegalStateException("the jar could not be extracted");
      }
      return directory.resolve(jar.getFileName());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static void delete(Path directory) {
    try {
      FileSystemUtils.deleteRecursively(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
