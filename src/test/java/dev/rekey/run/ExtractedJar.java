package dev.rekey.run;

import dev.rekey.platform.crypto.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.util.FileSystemUtils;

/**
 * The built jar, with its libraries next to it as in the image, and an archive of its classes. It
 * starts with less than half of the CPU time of the packed jar. An AOT cache as in the image would
 * save as much, but takes twice as long to make.
 */
final class ExtractedJar {

  /** Starts faster: without the optimizing compiler (C2), and with the collector of the image. */
  private static final List<String> QUICK = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

  private static final Path DIRECTORY = prepared(Path.of(System.getProperty("rekey.jar")));

  private ExtractedJar() {}

  /** The arguments of {@code java} that start it. */
  static List<String> arguments(List<String> jvmArguments) {
    var all = new ArrayList<>(QUICK);
    all.add("-XX:SharedArchiveFile=" + archive(DIRECTORY));
    all.addAll(jvmArguments);
    all.addAll(List.of("-jar", jar(DIRECTORY).toString()));
    return all;
  }

  private static Path jar(Path directory) {
    return directory.resolve("rekey.jar");
  }

  private static Path archive(Path directory) {
    return directory.resolve("rekey.jsa");
  }

  /** Prepares it once for all processes that run tests. */
  private static Path prepared(Path built) {
    Path parent = built.resolveSibling("extracted").toAbsolutePath();
    try (var file =
            FileChannel.open(
                built.resolveSibling("extracted.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        var _ = file.lock()) {
      // All builds have one modification time, and an archive serves one path only.
      Path directory = parent.resolve(Sha256.hex(parent + Sha256.hex(Files.readAllBytes(built))));
      Path archive = archive(directory);
      if (!Files.exists(archive)) {
        FileSystemUtils.deleteRecursively(parent);
        extract(built, directory);
        archive(directory, archive);
      }
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void extract(Path built, Path directory) throws IOException {
    run(
        List.of(
            "-Djarmode=tools",
            "-jar",
            built.toString(),
            "extract",
            "--force",
            "--destination",
            directory.toString()));
    Files.move(directory.resolve(built.getFileName()), jar(directory));
  }

  /** Starts Rekey up to its beans, as the training of the image's AOT cache does. */
  private static void archive(Path directory, Path archive) throws IOException {
    // A file with the final name is complete.
    Path unfinished = directory.resolve("unfinished.jsa");
    var arguments = new ArrayList<>(QUICK);
    arguments.addAll(
        List.of(
            "-XX:ArchiveClassesAtExit=" + unfinished,
            "-Dspring.context.exit=onRefresh",
            "-jar",
            jar(directory).toString(),
            "--spring.config.additional-location=file:src/main/docker/training.yaml"));
    run(arguments);
    Files.move(unfinished, archive);
  }

  private static void run(List<String> arguments) throws IOException {
    Path output = Files.createTempFile("rekey-extracted", ".log");
    Process process =
        Java.with(arguments, Map.of())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      if (!process.waitFor(Duration.ofMinutes(2)) || process.exitValue() != 0) {
        throw new IllegalStateException("failed, see " + output + ": java " + arguments);
      }
      Files.delete(output);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      process.destroyForcibly();
    }
  }
}
