package dev.rekey.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.image.Dockerfile.Instruction;
import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import dev.rekey.run.PostgresServer;
import dev.rekey.run.RekeyProcess;
import dev.rekey.run.Surroundings;
import dev.rekey.run.Tokens;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the Dockerfile does with the jar, without Docker: the commands are the Dockerfile's, and
 * what they make is run with the compose file's settings.
 */
@Tag("chaos")
class AotCacheIT {

  private static final Logger log = LoggerFactory.getLogger(AotCacheIT.class);

  @TempDir private static Path directory;

  private static Surroundings surroundings;
  private static Path home;
  private static Path tmp;
  private static String training;

  @BeforeAll
  static void buildAsTheDockerfileDoes() throws Exception {
    surroundings = Surroundings.start();
    home = Files.createDirectories(directory.resolve("home"));
    tmp = Files.createDirectories(directory.resolve("tmp"));
    Files.copy(Path.of(System.getProperty("rekey.jar")), directory.resolve("rekey.jar"));
    run(Dockerfile.one("build", "RUN").words(), Map.of());
    for (Instruction copy : Dockerfile.leadingTo("training", "COPY")) {
      copy(copy.text().split(" "));
    }
    training = run(Dockerfile.one("training", "RUN").words(), Map.of());
    log.info("The cache has {} MiB", Files.size(tmp.resolve("rekey.aot")) >> 20);
  }

  @AfterAll
  static void stop() {
    surroundings.close();
  }

  @Test
  void theTrainingNeedsNobodyAndFindsNothingToWarnOf() {
    assertThat(training).contains("AOTCache creation is complete").doesNotContain("WARN", "ERROR");
  }

  @Test
  void rekeyStartsFromTheCacheAndRotates() throws IOException {
    Path output = Files.createDirectories(Path.of("target/chaos")).resolve("aot-cache.log");
    Files.deleteIfExists(output);
    migrate();

    long begin = System.nanoTime();
    try (var rekey = start(output, "-XX:AOTMode=on", "-Xlog:aot*,class+path=info")) {
      log.info("Ready after {}", Duration.ofNanos(System.nanoTime() - begin));
      Answer rotation =
          payments(rekey)
              .post(
                  "/api/v1/apps/connectors/credentials",
                  "{\"appId\":\"crm\",\"connectorId\":\"okta\"}");
      Answer history = payments(rekey).get("/api/v1/audit-events");

      assertThat(rotation.status()).isEqualTo(200);
      assertThat(rotation.text("/credential/clientSecret")).isNotEmpty();
      assertThat(history.text("/items/0/type")).isEqualTo("rotation.succeeded");
    }
    assertThat(output).content().doesNotContain("[warning]", "[error]", "WARNING:", " WARN ");
  }

  @Test
  void aJvmWithOtherOptionsThanTheCachesIsRefusedWhereItHasToUseIt() throws Exception {
    var command = new ArrayList<>(Dockerfile.one(Dockerfile.SERVICE, "ENTRYPOINT").words());
    command.addAll(1, List.of("-XX:AOTMode=on", "-Xlog:aot"));
    command.add(command.indexOf("-jar"), "-XX:-UseCompactObjectHeaders");

    Process java = process(command, Map.of());

    assertThat(outputOf(java)).contains("AOT");
    assertThat(java.waitFor()).isNotZero();
  }

  private static RekeyProcess start(Path output, String... more) {
    List<String> entryPoint = here(Dockerfile.one(Dockerfile.SERVICE, "ENTRYPOINT").words());
    List<String> jvm = new ArrayList<>(List.of(more));
    jvm.addAll(entryPoint.subList(1, entryPoint.indexOf("-jar")));
    return RekeyProcess.start(Path.of(entryPoint.getLast()), settings("rekey"), output, jvm);
  }

  private static void migrate() throws IOException {
    var command = new ArrayList<>(Dockerfile.one(Dockerfile.SERVICE, "ENTRYPOINT").words());
    command.addAll(ComposeFile.list(ComposeFile.service("migrate"), "command"));
    assertThat(run(command, settings("migrate"))).contains("The schema is at version");
  }

  /** The compose file's, for where its other services are here. */
  private static Map<String, String> settings(String service) {
    String sandbox = surroundings.sandbox().url().toString();
    var settings = new HashMap<String, String>();
    ComposeFile.environment(service)
        .forEach(
            (name, value) ->
                settings.put(
                    name,
                    value
                        .replace(
                            "jdbc:postgresql://postgres:5432/rekey",
                            surroundings.postgres().jdbcUrl())
                        .replaceFirst("http://(sandbox|localhost):9090", sandbox)
                        .replace("for-development-only", PostgresServer.PASSWORD)));
    return settings;
  }

  private static Http payments(RekeyProcess rekey) {
    return rekey.http().bearer(Tokens.of(surroundings.sandbox(), "payments"));
  }

  private static void copy(String... words) throws IOException {
    boolean isFromBuild = words[0].startsWith("--from=");
    Path from =
        isFromBuild ? directory.resolve(words[1].replaceFirst("^/build/", "")) : Path.of(words[0]);
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

  private static String run(List<String> command, Map<String, String> environment)
      throws IOException {
    Process java = process(command, environment);
    String output = outputOf(java);
    try {
      assertThat(java.waitFor(1, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    assertThat(java.exitValue()).as(output).isZero();
    return output;
  }

  private static String outputOf(Process process) throws IOException {
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private static Process process(List<String> command, Map<String, String> environment)
      throws IOException {
    var builder =
        new ProcessBuilder(here(command)).directory(directory.toFile()).redirectErrorStream(true);
    builder.environment().keySet().retainAll(List.of("PATH", "HOME", "LANG"));
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** The command for where the image's directories are here. */
  private static List<String> here(List<String> command) {
    return command.stream()
        .map(
            word ->
                word.equals("java")
                    ? Path.of(System.getProperty("java.home"), "bin", "java").toString()
                    : word.replace("/tmp/", tmp + "/").replace("/opt/rekey", home.toString()))
        .toList();
  }
}
