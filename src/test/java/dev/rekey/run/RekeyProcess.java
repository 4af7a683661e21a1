package dev.rekey.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/**
 * Rekey as in production: {@code java -jar} configured by environment variables only. Its port is
 * free unless the property {@code server.port} sets it.
 */
public final class RekeyProcess implements AutoCloseable {

  private static final Duration READY_WITHIN = Duration.ofSeconds(90);

  private final Process process;
  private final int port;
  private final int managementPort;

  private RekeyProcess(Process process, int port, int managementPort) {
    this.process = process;
    this.port = port;
    this.managementPort = managementPort;
  }

  /** Returns when it is ready. Its output goes to the file. */
  public static RekeyProcess start(Map<String, String> properties, Path output) {
    return start(properties, output, List.of());
  }

  /** Same, with more arguments for its JVM. */
  public static RekeyProcess start(
      Map<String, String> properties, Path output, List<String> jvmArguments) {
    return start(ExtractedJar.arguments(jvmArguments), properties, output, READY_WITHIN);
  }

  /** Same, from another jar. */
  public static RekeyProcess start(
      Path jar, Map<String, String> properties, Path output, List<String> jvmArguments) {
    var arguments = new ArrayList<>(jvmArguments);
    arguments.addAll(List.of("-jar", jar.toString()));
    return start(arguments, properties, output, READY_WITHIN);
  }

  /** Same, with a longer start timeout for a busy machine. */
  public static RekeyProcess start(
      Map<String, String> properties, Path output, Duration readyWithin) {
    return start(ExtractedJar.arguments(List.of()), properties, output, readyWithin);
  }

  private static RekeyProcess start(
      List<String> arguments, Map<String, String> properties, Path output, Duration readyWithin) {
    String chosen = properties.get("server.port");
    int port = chosen == null ? FreePort.find() : Integer.parseInt(chosen);
    int managementPort = FreePort.find();
    var environment = new HashMap<>(environment(properties));
    environment.put("SERVER_PORT", Integer.toString(port));
    environment.put("MANAGEMENT_SERVER_PORT", Integer.toString(managementPort));
    var builder =
        Java.with(arguments, environment)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
    try {
      var rekey = new RekeyProcess(builder.start(), port, managementPort);
      rekey.awaitReadyOrKill(readyWithin);
      return rekey;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The environment variables that Spring Boot binds to properties. */
  public static Map<String, String> environment(Map<String, String> properties) {
    return properties.entrySet().stream()
        .collect(Collectors.toMap(entry -> variable(entry.getKey()), Map.Entry::getValue));
  }

  /** The environment variable that Spring Boot binds to a property. */
  private static String variable(String property) {
    return property
        .replace("[", "_")
        .replace("]", "")
        .replace(".", "_")
        .replace("-", "_")
        .toUpperCase(Locale.ROOT);
  }

  public int port() {
    return port;
  }

  public int managementPort() {
    return managementPort;
  }

  public Http http() {
    return Http.at(URI.create("http://localhost:" + port));
  }

  public long pid() {
    return process.pid();
  }

  /** The CPU time used since the start. */
  public Duration cpuTime() {
    return process.info().totalCpuDuration().orElseThrow();
  }

  /** SIGSTOP: suspends the process. */
  public void pause() {
    signal("STOP");
  }

  /** SIGCONT: resumes the process. */
  public void proceed() {
    signal("CONT");
  }

  private void signal(String name) {
    try {
      var kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
      if (kill.waitFor() != 0) {
        throw new IllegalStateException("SIG" + name + " could not be sent");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** SIGKILL: the process has no chance to clean up. */
  public void kill() {
    process.destroyForcibly();
    awaitExit();
  }

  /** SIGTERM: the process shuts down gracefully. */
  public void terminate() {
    process.destroy();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Returns whether the readiness probe passes. */
  public boolean isReady() {
    return isHealthy("readiness");
  }

  /** Returns whether the liveness probe passes. */
  public boolean isLive() {
    return isHealthy("liveness");
  }

  private boolean isHealthy(String group) {
    try {
      return management().get("/actuator/health/" + group).status() == 200;
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    terminate();
    awaitExit();
  }

  private void awaitReadyOrKill(Duration within) {
    try {
      awaitReady(within);
    } catch (RuntimeException e) {
      kill();
      throw e;
    }
  }

  private void awaitReady(Duration within) {
    Awaitility.await()
        .atMost(within)
        .pollInterval(Duration.ofMillis(50))
        .failFast("Rekey ended by itself", () -> !process.isAlive())
        .until(this::isReady);
  }

  /** The management port, with health and metrics. */
  public Http management() {
    return Http.at(URI.create("http://localhost:" + managementPort));
  }

  private void awaitExit() {
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException("Rekey did not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
