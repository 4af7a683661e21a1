package dev.rekey.documents;

import static org.awaitility.Awaitility.await;

import dev.rekey.run.FreePort;
import dev.rekey.run.Http;
import dev.rekey.run.SandboxRunProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** What {@code mvn spring-boot:test-run} runs, on free ports, as a process. */
final class SandboxService implements AutoCloseable {

  private static final Pattern DATABASE = Pattern.compile("--database (jdbc:postgresql://\\S+)");

  private final Process process;
  private final Path output;
  private final int port;
  private final int managementPort;
  private final int sandboxPort;
  private final int receiverPort = FreePort.find();

  private SandboxService(
      Process process, Path output, int port, int managementPort, int sandboxPort) {
    this.process = process;
    this.output = output;
    this.port = port;
    this.managementPort = managementPort;
    this.sandboxPort = sandboxPort;
  }

  /**
   * Returns when the sandbox has its examples.
   *
   * @param directory where it runs, with the sources of the repository; gets the log
   */
  static SandboxService start(Path directory) {
    int port = FreePort.find();
    int managementPort = FreePort.find();
    int sandboxPort = FreePort.find();
    var ports =
        Map.of(
            "SERVER_PORT", "" + port,
            "MANAGEMENT_SERVER_PORT", "" + managementPort,
            "SANDBOX_PORT", "" + sandboxPort);
    Path output = directory.resolve("test-run.log");
    try {
      Process process =
          SandboxRunProcess.with(ports)
              // Another run may write its public key to the target directory of the repository.
              .directory(directory.toFile())
              .redirectOutput(output.toFile())
              .start();
      var service = new SandboxService(process, output, port, managementPort, sandboxPort);
      service.awaitReady();
      return service;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitReady() {
    try {
      await()
          .atMost(Duration.ofMinutes(2))
          .pollInterval(Duration.ofMillis(100))
          .failFast("the sandbox run ended by itself", () -> !process.isAlive())
          .until(() -> printed().contains("has its examples now"));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** What the first of the three lines sets: a token of the client payments. */
  String token() {
    String basic =
        Base64.getEncoder()
            .encodeToString("payments:payments-secret".getBytes(StandardCharsets.UTF_8));
    return Http.at(URI.create("http://localhost:" + sandboxPort))
        .with("Content-Type", "application/x-www-form-urlencoded")
        .with("Authorization", "Basic " + basic)
        .post("/oauth2/token", "grant_type=client_credentials")
        .text("/access_token");
  }

  /** Its output so far, with the ports that the pages name. */
  String printed() {
    try {
      return asDocumented(Files.readString(output));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The URL of its database. */
  String database() {
    return DATABASE.matcher(printed()).results().findFirst().orElseThrow().group(1);
  }

  /** Replaces the ports that the pages name by those of this run. */
  String asRun(String text) {
    return text.replace("localhost:8080", "localhost:" + port)
        .replace("localhost:8081", "localhost:" + managementPort)
        .replace("localhost:9090", "localhost:" + sandboxPort)
        .replace("8099", "" + receiverPort);
  }

  /** Replaces the ports of this run by those that the pages name. */
  String asDocumented(String text) {
    return text.replace("localhost:" + port, "localhost:8080")
        .replace("localhost:" + managementPort, "localhost:8081")
        .replace("localhost:" + sandboxPort, "localhost:9090");
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException("the sandbox run did not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
