package dev.rekey.image;

import dev.rekey.run.Java;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What the Dockerfile builds from the jar, without Docker: runs the Dockerfile's commands, with the
 * image's directories under a local one.
 */
public final class BuiltImage {

  private final Path directory;
  private final Path home;
  private final Path tmp;
  private final String training;

  private BuiltImage(Path directory, Path jar) throws IOException {
    this.directory = directory;
    this.home = Files.createDirectories(directory.resolve("home"));
    this.tmp = Files.createDirectories(directory.resolve("tmp"));
    Files.copy(jar, directory.resolve("rekey.jar"));
    run(Dockerfile.one("build", "RUN").words(), Map.of());
    for (Dockerfile.Instruction copy : Dockerfile.leadingTo("training", "COPY")) {
      copy(copy);
    }
    this.training = run(Dockerfile.one("training", "RUN").words(), Map.of());
    copy(Dockerfile.one(Dockerfile.SERVICE, "COPY"));
  }

  /** Takes half a minute. */
  public static BuiltImage of(Path jar, Path directory) {
    try {
      return new BuiltImage(directory, jar);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The output of the AOT training. */
  String training() {
    return training;
  }

  public long cacheBytes() {
    try {
      return Files.size(home.resolve("rekey.aot"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Path jar() {
    return Path.of(entryPoint().getLast());
  }

  /** The JVM arguments of the entry point, including the cache. */
  public List<String> jvmArguments() {
    List<String> entryPoint = entryPoint();
    return entryPoint.subList(0, entryPoint.indexOf("-jar"));
  }

  /** The JVM arguments of the entry point without the cache. */
  public List<String> jvmArgumentsWithoutCache() {
    return jvmArguments().stream().filter(each -> !each.startsWith("-XX:AOTCache=")).toList();
  }

  private List<String> entryPoint() {
    return localArguments(Dockerfile.one(Dockerfile.SERVICE, "ENTRYPOINT").words());
  }

  private void copy(Dockerfile.Instruction instruction) throws IOException {
    String[] words = instruction.text().replace("--chown=0:0 ", "").split(" ", -1);
    Path from =
        switch (words[0]) {
          case "--from=build" -> directory.resolve(words[1].replaceFirst("^/build/", ""));
          case "--from=training" -> tmp.resolve(words[1].replaceFirst("^/tmp/", ""));
          default -> Path.of(words[0]);
        };
    Path to = words[words.length - 1].equals("/tmp/") ? tmp : home;
    if (Files.isDirectory(from)) {
      copyWithTimes(from, to);
    } else {
      Files.copy(from, to.resolve(from.getFileName()));
    }
  }

  private static void copyWithTimes(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = to.resolve(from.relativize(file));
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  /** Returns the output; throws if the command fails or takes longer than a minute. */
  String run(List<String> command, Map<String, String> environment) throws IOException {
    Process java = start(command, environment);
    String output = outputOf(java);
    try {
      if (!java.waitFor(1, TimeUnit.MINUTES) || java.exitValue() != 0) {
        throw new IllegalStateException(output);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return output;
  }

  static String outputOf(Process process) throws IOException {
    try (InputStream output = process.getInputStream()) {
      return new String(output.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  Process start(List<String> command, Map<String, String> environment) throws IOException {
    return Java.with(localArguments(command), environment)
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .start();
  }

  /** The arguments of a java command, with the image's directories replaced by local ones. */
  private List<String> localArguments(List<String> command) {
    return command.stream()
        .skip(1)
        .map(word -> word.replace("/tmp/", tmp + "/").replace("/opt/rekey", home.toString()))
        .toList();
  }
}
