package dev.rekey.bench;

import dev.rekey.run.FreePort;
import dev.rekey.run.Java;
import dev.rekey.run.RekeyProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A program that is compared with Rekey, with the JVM options of Rekey's image. */
final class Peer implements AutoCloseable {

  private static final Path PROJECTS = Path.of("src/test/bench");
  private static final Path BUILT = Path.of("target/bench");

  private static final Duration UP_WITHIN = Duration.ofMinutes(3);

  private final Process process;
  private final int port;

  private Peer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Builds a project by Maven, unless its jar is newer than its sources.
   *
   * @param directory where its pom.xml puts the jar, in {@code target/bench}
   */
  static Path build(String project, String directory, String... arguments) {
    Path sources = PROJECTS.resolve(project);
    Path jar = BUILT.resolve(directory).resolve(project + ".jar");
    if (isOlder(sources, jar)) {
      return jar;
    }
    String maven =
        Debian.find("mvn").orElseThrow(() -> new IllegalStateException("there is no mvn"));
    var command = new ArrayList<>(List.of(maven, "-B", "-ntp", "-q"));
    command.addAll(List.of("-f", sources.resolve("pom.xml").toString()));
    command.addAll(List.of(arguments));
    command.add("package");
    Debian.run(command, Map.of("JAVA_HOME", System.getProperty("java.home")));
    return jar;
  }

  private static boolean isOlder(Path sources, Path jar) {
    try (Stream<Path> files = Files.walk(sources)) {
      if (!Files.exists(jar)) {
        return false;
      }
      var built = Files.getLastModifiedTime(jar);
      for (Path file : files.toList()) {
        if (Files.getLastModifiedTime(file).compareTo(built) > 0) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts a jar. Returns when it accepts connections. Its output goes to the file. */
  static Peer start(Path jar, List<String> jvmOptions, Map<String, String> settings, Path output) {
    int port = FreePort.find();
    var environment = new HashMap<>(RekeyProcess.environment(settings));
    environment.put("SERVER_PORT", Integer.toString(port));
    var arguments = new ArrayList<>(jvmOptions);
    arguments.addAll(List.of("-jar", jar.toString()));
    try {
      var peer =
          new Peer(
              Java.with(arguments, environment)
                  .redirectErrorStream(true)
                  .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                  .start(),
              port);
      peer.awaitUp(jar + " did not start, see " + output);
      return peer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitUp(String otherwise) {
    try {
      Awaitility.await()
          .atMost(UP_WITHIN)
          .pollInterval(Duration.ofMillis(50))
          .failFast(otherwise, () -> !process.isAlive())
          .until(() -> FreePort.isTaken(port));
    } catch (RuntimeException e) {
      close();
      throw new IllegalStateException(otherwise, e);
    }
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
